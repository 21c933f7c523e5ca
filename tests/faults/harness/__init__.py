"""The fault harness: two replicas of everything, links that can be harmed, a plan of faults made from a seed."""
