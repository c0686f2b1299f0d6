/// Abbreviations that schema names commonly use, written out.
enum Abbreviations {
    /// The words that an abbreviation stands for; a name word that is not listed stands for itself.
    static let expansions: [String: [String]] = [
        "qty": ["quantity"], "mkt": ["market"], "supp": ["supplier"], "avail": ["available"], "quant": ["quantity"],
        "amt": ["amount"], "no": ["number"], "num": ["number"],
        "nbr": ["number"], "nr": ["number"], "cnt": ["count"], "dt": ["date"], "ts": ["timestamp"], "yr": ["year"],
        "mth": ["month"], "wk": ["week"], "qtr": ["quarter"], "cust": ["customer"], "emp": ["employee"],
        "empl": ["employee"], "dept": ["department"], "dep": ["department"], "prod": ["product"],
        "cat": ["category"], "catg": ["category"], "desc": ["description"], "descr": ["description"],
        "addr": ["address"], "tel": ["telephone"], "mgr": ["manager"], "acct": ["account"], "acc": ["account"],
        "inv": ["invoice"], "ord": ["order"], "pct": ["percent"], "perc": ["percent"], "avg": ["average"],
        "min": ["minimum"], "max": ["maximum"], "tot": ["total"], "stu": ["student"], "crs": ["course"],
        "prof": ["professor"], "fname": ["first", "name"], "lname": ["last", "name"],
        "firstname": ["first", "name"],
        "lastname": ["last", "name"], "surname": ["last", "name"], "dob": ["birth", "date"],
        "birthdate": ["birth", "date"], "birthday": ["birth", "date"], "hiredate": ["hire", "date"],
        "bday": ["birth", "date"], "zip": ["zip"], "lat": ["latitude"], "lng": ["longitude"], "lon": ["longitude"],
        "loc": ["location"], "org": ["organization"], "mfr": ["manufacturer"], "mfg": ["manufacturer"],
        "sku": ["sku"], "uom": ["unit"], "ref": ["ref"], "apt": ["apartment"], "bldg": ["building"],
        "diag": ["diagnosis"], "doc": ["doctor"], "med": ["medication"], "meds": ["medication"],
        "ins": ["insurance"],
        "hrs": ["hours"], "mins": ["minutes"], "secs": ["seconds"], "msec": ["milliseconds"],
        "millis": ["milliseconds"], "fk": ["id"], "pk": ["id"], "cd": ["code"], "txn": ["transaction"],
        "trx": ["transaction"], "trans": ["transaction"], "crtd": ["created"], "upd": ["updated"],
        "curr": ["currency"], "bal": ["balance"], "lang": ["language"], "pop": ["population"],
        "username": ["user", "name"], "orderdate": ["order", "date"], "unitprice": ["unit", "price"],
        "roomname": ["room", "name"], "custname": ["customer", "name"], "productname": ["product", "name"],
        "categoryname": ["category", "name"], "companyname": ["company", "name"], "appr": ["approval"],
        "dos": ["dose"], "freq": ["frequency"], "spec": ["specialty"], "stat": ["status"], "sched": ["schedule"],
    ]
}
