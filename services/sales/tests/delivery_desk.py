"""Who sells, and the workers that deliver, in the tests of deliveries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gamedesk_chassis.database import Database
from gamedesk_sales.delivery import DeliveryJob
from gamedesk_testing.api_client import ApiClient
from sqlalchemy import text

As = Callable[[str], ApiClient]
Body = Callable[..., dict[str, Any]]
Eventually = Callable[..., Any]


class Desk:
    """Sells as KF003; the worker's job runs while somebody waits."""

    def __init__(
        self, as_agent: As, body: Body, new_job: Callable[[], DeliveryJob], database: Database, eventually: Eventually
    ) -> None:
        self.agent, self.lead = as_agent("KF003"), as_agent("KF002")
        self._body, self._new_job, self._database, self._eventually = body, new_job, database, eventually
        self.jobs = [new_job()]

    def sell(self, **fields: Any) -> str:
        response = self.agent.post("/orders", self._body(**fields))
        assert response.status_code == 201, response.text
        return f"/orders/{response.json()['order_id']}"

    def order(self, path: str) -> dict[str, Any]:
        return self.agent.get(path).json()

    def refund(self, path: str, amount_fen: int = 8_000) -> dict[str, Any]:
        paid_at = self.order(path)["paid_at"]
        body = {"amount_fen": amount_fen, "reason": "退", "method": "other", "refunded_at": paid_at}
        response = self.lead.post(f"{path}/refunds", body)
        assert response.status_code == 201, response.text
        return response.json()

    def delivery(self, path: str) -> dict[str, Any]:
        return self.order(path)["delivery"]

    def wait(self, condition: Callable[[], Any]) -> Any:
        """Run the jobs until `condition` holds."""

        def turn() -> Any:
            for job in self.jobs:
                job.run()
            return condition()

        return self._eventually(turn)

    def wait_for(self, path: str, state: str) -> dict[str, Any]:
        return self.wait(lambda: (d := self.delivery(path))["state"] == state and d)

    def restart(self, workers: int = 1) -> None:
        """New workers, who have left no game alone; and everything is due again."""
        self.close()
        self.jobs = [self._new_job() for _ in range(workers)]
        with self._database.begin() as tx:
            tx.execute(text("UPDATE deliveries SET next_attempt_at = now() WHERE next_attempt_at IS NOT NULL"))

    def settle(self) -> None:
        """Run the jobs until the game is to be asked about nothing, and nothing is under way."""

        def asked_for() -> int:
            with self._database.begin() as tx:
                waiting = "next_attempt_at IS NOT NULL OR leased_until IS NOT NULL"
                return tx.execute(text(f"SELECT count(*) FROM deliveries WHERE {waiting}")).scalar_one()

        self.wait(lambda: asked_for() == 0)

    def close(self) -> None:
        for job in self.jobs:
            job.close()
