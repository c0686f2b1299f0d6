#!/usr/bin/env python3
"""index_data.py FILE [MIB]: a shop in an SQLite file of about MIB megabytes (default 1000) with what makes the index of
values hard: millions of rows, names that hardly repeat, long texts, keys and references that nobody declares.

index_data.py --distinct FILE: what `SELECT DISTINCT` over the columns of text takes in the sqlite3 shell, in seconds.
Standard library only; the same numbers each time."""
import os, random, sqlite3, subprocess, sys, time

COLUMNS = {
    "customers": ["first_name", "last_name", "email", "city", "country", "company"],
    "products": ["product_name", "brand", "category", "description"],
    "orders": ["status", "channel", "reference"],
    "order_lines": ["note"],
}


def distinct(path):
    start = time.monotonic()
    for table, columns in COLUMNS.items():
        for column in columns:
            subprocess.run(
                ["sqlite3", path, f"SELECT count(*) FROM (SELECT DISTINCT {column} FROM {table} LIMIT 200000)"],
                check=True, capture_output=True)
    return time.monotonic() - start


def make(path, mebibytes):
    if os.path.exists(path):
        os.remove(path)
    random.seed(7)
    scale = mebibytes / 650
    syllables = ["ka", "lo", "mi", "ren", "ta", "su", "vor", "el", "an", "der", "bri", "ost", "gru", "nel", "fi", "qua"]
    word = lambda n: "".join(random.choice(syllables) for _ in range(n)).capitalize()
    firsts = [word(2) for _ in range(3000)]
    lasts = [word(3) for _ in range(80000)]
    cities = [word(3) + random.choice(["", "burg", " City", "ville"]) for _ in range(4000)]
    countries = ["Germany", "France", "Brazil", "Canada", "United States", "Norway", "Italy", "Japan", "Chile", "India"]
    filler = [word(2).lower() for _ in range(500)]
    prose = lambda n: " ".join(random.choices(filler, k=n))
    db = sqlite3.connect(path)
    db.executescript("""
        PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-65536;
        CREATE TABLE customers(customer_id INTEGER, first_name TEXT, last_name TEXT, email TEXT, city TEXT, country TEXT,
            company TEXT, biography TEXT, joined DATE);
        CREATE TABLE products(product_id INTEGER, product_name TEXT, brand TEXT, category TEXT, description TEXT,
            list_price DECIMAL(10,2));
        CREATE TABLE orders(order_id INTEGER, customer_id INTEGER, order_date DATE, ship_date DATE, status TEXT,
            channel TEXT, reference TEXT, total DECIMAL(12,2));
        CREATE TABLE order_lines(order_id INTEGER, line_number INTEGER, product_id INTEGER, quantity INTEGER,
            unit_price DECIMAL(10,2), note TEXT);
        """)
    day = lambda n: time.strftime("%Y-%m-%d", time.gmtime(1_600_000_000 + 86400 * n))
    days = [day(n) for n in range(1500)]
    customers, products, orders = int(600_000 * scale), int(120_000 * scale), int(2_000_000 * scale)
    db.executemany("INSERT INTO customers VALUES(?,?,?,?,?,?,?,?,?)", (
        (i, f := random.choice(firsts), l := random.choice(lasts), f"{f}.{l}.{i}@example.com".lower(),
         random.choice(cities), random.choice(countries), f"{random.choice(lasts)} {random.choice(['Ltd', 'GmbH', 'SA'])} {i % 9000}",
         prose(60), random.choice(days)) for i in range(1, customers + 1)))
    db.executemany("INSERT INTO products VALUES(?,?,?,?,?,?)", (
        (i, f"{word(2)} {word(3)} {i}", random.choice(firsts), random.choice(filler), prose(20), random.randint(100, 99999) / 100)
        for i in range(1, products + 1)))
    db.executemany("INSERT INTO orders VALUES(?,?,?,?,?,?,?,?)", (
        (i, random.randint(1, customers), d := random.choice(days), d, random.choice(["open", "shipped", "returned", "paid"]),
         random.choice(["web", "shop", "phone"]), f"REF-{i * 7919 % 100000007:09d}", random.randint(100, 999999) / 100)
        for i in range(1, orders + 1)))
    db.executemany("INSERT INTO order_lines VALUES(?,?,?,?,?,?)", (
        (i, n, random.randint(1, products), random.randint(1, 9), random.randint(100, 99999) / 100,
         prose(5) if n == 1 else None) for i in range(1, orders + 1) for n in range(1, 1 + random.choice((1, 2, 3, 4)))))
    db.commit()
    rows = sum(db.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in COLUMNS)
    print(f"{os.path.getsize(path) / 2**20:.0f} MiB, {rows} rows")


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] == "--distinct":
        print(f"{distinct(sys.argv[2]):.2f}")
    elif len(sys.argv) in (2, 3) and not sys.argv[1].startswith("-"):
        make(sys.argv[1], float(sys.argv[2]) if len(sys.argv) == 3 else 1000)
    else:
        sys.exit(__doc__)
