"""HTTP: request → command or query → answer. One function per operationId of the contract, in modules by topic."""
