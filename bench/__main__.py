"""`python -m bench [--rounds 5] [--seconds 6] [--connections 4] [--json FILE]`
`python -m bench scale [--small 30000] [--large 1000000] [--repetitions 60] [--json FILE]`
`python -m bench push [--items 5000] [--packs 2000] [--rounds 3] [--json FILE]`
`python -m bench console [--players 30000] [--rounds 5] [--json FILE]`
`python -m bench trouble [--seconds 10] [--json FILE]`
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from bench import console, player_view, push, scale, trouble


def main() -> None:
    parser = argparse.ArgumentParser("bench", description="Measure GameDesk against a bare baseline in the same run.")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each side, after one to warm up")
    parser.add_argument("--seconds", type=float, default=6, help="length of a turn")
    parser.add_argument("--connections", type=int, default=4, help="requests in flight")
    _add_json(parser)
    kinds = parser.add_subparsers(dest="what")
    of_scale = kinds.add_parser("scale", help="measure a small and a large desk instead")
    of_scale.add_argument(
        "--small", type=int, default=30_000, help="players, in thousands; three times as many tickets"
    )
    of_scale.add_argument("--large", type=int, default=1_000_000)
    of_scale.add_argument("--repetitions", type=int, default=60, help="of each kind of request and size")
    _add_json(of_scale)
    of_push = kinds.add_parser("push", help="measure a push of prices under which packs change instead")
    of_push.add_argument("--items", type=int, default=5000, help="prices in the push")
    of_push.add_argument("--packs", type=int, default=2000, help="packs that change under it")
    of_push.add_argument("--rounds", type=int, default=3, help="pushes measured, after one to warm up")
    _add_json(of_push)
    of_console = kinds.add_parser("console", help="measure the console in a real browser; fails beyond its limits")
    of_console.add_argument("--players", type=int, default=30_000, help="in thousands; three times as many tickets")
    of_console.add_argument("--rounds", type=int, default=5, help="visits of every page")
    _add_json(of_console)
    of_trouble = kinds.add_parser("trouble", help="measure the home page while a service is in trouble; fails beyond")
    of_trouble.add_argument("--seconds", type=float, default=10, help="of each service and fault")
    _add_json(of_trouble)
    options = parser.parse_args()
    failed = False
    if options.what == "scale":
        result = scale.measure(small=options.small, large=options.large, repetitions=options.repetitions, say=_say)
        print(scale.report(result))
    elif options.what == "push":
        result = push.measure(items=options.items, packs=options.packs, rounds=options.rounds, say=_say)
        print(push.report(result))
    elif options.what == "console":
        result = console.measure(players=options.players, rounds=options.rounds, say=_say)
        print(console.report(result))
        failed = bool(console.beyond(result))
    elif options.what == "trouble":
        result = trouble.measure(seconds=options.seconds, say=_say)
        print(trouble.report(result))
        failed = bool(trouble.beyond(result))
    else:
        result = player_view.measure(rounds=options.rounds, seconds=options.seconds, connections=options.connections)
        print(player_view.report(result))
    if options.json:
        options.json.write_text(json.dumps(result, indent=2) + "\n")
    sys.exit(failed)


def _add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", type=Path, help="also write the figures to this file")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
