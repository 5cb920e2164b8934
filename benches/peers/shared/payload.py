"""The answers every Python peer gives; each is built anew for every request."""


def hello() -> dict[str, str]:
    return {"message": "Hello, World!"}


def big() -> list[dict[str, object]]:
    """About 100 KB of JSON."""
    return [
        {
            "id": i,
            "name": f"item-{i:04d}",
            "price": i * 1.25,
            "active": i % 2 == 0,
            "tags": ["red", "blue"],
            "note": "the quick brown fox",
        }
        for i in range(1000)
    ]
