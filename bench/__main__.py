"""`python -m bench [--rounds 5] [--seconds 6] [--connections 4] [--json FILE]`"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from bench import player_view


def main() -> None:
    parser = argparse.ArgumentParser("bench", description="Measure GameDesk against a bare baseline in the same run.")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each side, after one to warm up")
    parser.add_argument("--seconds", type=float, default=6, help="length of a turn")
    parser.add_argument("--connections", type=int, default=4, help="requests in flight")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    options = parser.parse_args()
    result = player_view.measure(rounds=options.rounds, seconds=options.seconds, connections=options.connections)
    print(player_view.report(result))
    if options.json:
        options.json.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
