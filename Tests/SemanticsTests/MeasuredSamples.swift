/// Databases of a few rows each, so that every figure can be worked out with pencil and paper.
enum MeasuredSamples {
    /// Orders with lines and refunds below them, employees of stores without orders, stock taken at the end of each month.
    static let shop = """
        CREATE TABLE stores(store_id INTEGER PRIMARY KEY, store_name TEXT, region TEXT);
        CREATE TABLE customers(customer_id INTEGER PRIMARY KEY, customer_name TEXT, country TEXT, birth_date DATE);
        CREATE TABLE products(product_id INTEGER PRIMARY KEY, product_name TEXT, category TEXT, weight_kg REAL, price_cents INTEGER);
        CREATE TABLE orders(order_id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers, store_id INTEGER REFERENCES stores, order_date DATE, required_date DATE, shipped_date DATE, delivered_date DATE, total_amount REAL, order_cost REAL, status TEXT);
        CREATE TABLE order_lines(line_id INTEGER PRIMARY KEY, order_id INTEGER REFERENCES orders, product_id INTEGER REFERENCES products, quantity INTEGER, unit_price REAL);
        CREATE TABLE refunds(refund_id INTEGER PRIMARY KEY, order_id INTEGER REFERENCES orders, refund_date DATE, refund_amount REAL);
        CREATE TABLE employees(employee_id INTEGER PRIMARY KEY, employee_name TEXT, store_id INTEGER REFERENCES stores, hire_date DATE, salary REAL);
        CREATE TABLE stock_levels(snapshot_date DATE, product_id INTEGER REFERENCES products, store_id INTEGER REFERENCES stores, quantity_on_hand INTEGER, PRIMARY KEY(snapshot_date, product_id, store_id));
        INSERT INTO stores VALUES(1,'Alpha','North'),(2,'Beta','South'),(3,'Gamma','South');
        INSERT INTO customers VALUES(1,'Ann','Germany','1990-05-01'),(2,'Bob','France','1980-12-31'),(3,'Cid','Germany','2000-11-20');
        INSERT INTO products VALUES(1,'Tea','Drinks',0.5,250),(2,'Milk','Drinks',1.0,120),(3,'Bread','Food',0.75,300);
        INSERT INTO orders VALUES
        (1,1,1,'2023-01-10','2023-01-15','2023-01-12','2023-01-14',100,60,'done'),
        (2,2,1,'2023-02-10','2023-02-15','2023-02-11','2023-02-16',50,20,'done'),
        (3,1,2,'2024-01-05','2024-01-10','2024-01-08','2024-01-12',200,100,'done'),
        (4,3,2,'2024-02-20','2024-02-25','2024-02-21','2024-02-24',100,80,'open'),
        (5,2,1,'2024-03-03','2024-03-13','2024-03-13','2024-03-15',150,50,'done');
        INSERT INTO order_lines VALUES(1,1,1,10,5),(2,1,3,10,5),(3,2,2,10,5),(4,3,1,20,5),(5,3,2,20,5),(6,4,3,20,5),(7,5,1,30,5);
        INSERT INTO refunds VALUES(1,1,'2023-02-01',10),(2,1,'2023-02-05',5),(3,3,'2024-02-01',50);
        INSERT INTO employees VALUES(1,'Eve',1,'2020-01-01',1000),(2,'Fay',1,'2021-01-01',2000),(3,'Gus',2,'2022-01-01',3000),(4,'Hal',3,'2022-06-01',1500);
        INSERT INTO stock_levels VALUES
        ('2024-01-31',1,1,10),('2024-01-31',2,1,20),('2024-01-31',1,2,5),
        ('2024-02-29',1,1,8),('2024-02-29',2,1,22),('2024-02-29',1,2,7),
        ('2024-03-31',1,1,6),('2024-03-31',2,1,30),('2024-03-31',1,2,4);
        """

    /// Things with a beginning and an end, dates of birth, numbers with their unit in the name.
    static let clinic = """
        CREATE TABLE patients(patient_id INTEGER PRIMARY KEY, name TEXT, date_of_birth DATE, city TEXT);
        CREATE TABLE wards(ward_id INTEGER PRIMARY KEY, ward_name TEXT);
        CREATE TABLE stays(stay_id INTEGER PRIMARY KEY, patient_id INTEGER REFERENCES patients, ward_id INTEGER REFERENCES wards, admission_date DATE, discharge_date DATE, charges REAL, insurance_paid REAL);
        CREATE TABLE students(student_id INTEGER PRIMARY KEY, full_name TEXT, enrolment_date DATE, graduation_date DATE, major TEXT);
        CREATE TABLE tickets(ticket_id INTEGER PRIMARY KEY, opened_at DATETIME, closed_at DATETIME, priority TEXT);
        CREATE TABLE calls(call_id INTEGER PRIMARY KEY, agent TEXT, started_at DATETIME, duration_seconds INTEGER, file_bytes INTEGER);
        INSERT INTO patients VALUES(1,'Ida','1950-01-01','Bonn'),(2,'Jon','2010-06-01','Bonn'),(3,'Kim','1986-11-21','Ulm');
        INSERT INTO wards VALUES(1,'Surgery'),(2,'Cardiology');
        INSERT INTO stays VALUES(1,1,1,'2024-01-01','2024-01-05',400,300),(2,2,1,'2024-01-10','2024-01-12',100,100),(3,3,2,'2024-02-01','2024-02-11',1000,700),(4,1,2,'2024-03-01',NULL,50,0);
        INSERT INTO students VALUES(1,'Lea','2018-10-01','2022-10-01','Math'),(2,'Max','2019-10-01','2022-10-01','Art'),(3,'Nia','2020-10-01','2025-10-01','Math');
        INSERT INTO tickets VALUES(1,'2024-05-01 08:00:00','2024-05-01 10:00:00','high'),(2,'2024-05-02 08:00:00','2024-05-02 12:00:00','high'),(3,'2024-05-03 08:00:00','2024-05-05 08:00:00','low');
        INSERT INTO calls VALUES(1,'Olga','2024-05-01 09:00:00',120,1048576),(2,'Olga','2024-05-01 10:00:00',240,2097152),(3,'Paul','2024-05-02 10:00:00',600,1048576);
        """
}
