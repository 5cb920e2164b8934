//! The bodies of the workloads, typed; each is built and encoded anew for every request.

use serde::{Deserialize, Serialize};

#[derive(Serialize)]
pub struct Hello {
    pub message: &'static str,
}

#[derive(Serialize)]
pub struct Item<'a> {
    pub id: i64,
    pub q: &'a str,
    pub limit: i64,
}

#[derive(Serialize)]
pub struct Row {
    id: u32,
    name: String,
    price: f64,
    active: bool,
    tags: [&'static str; 2],
    note: &'static str,
}

pub fn big() -> Vec<Row> {
    (0..1000)
        .map(|id| Row {
            id,
            name: format!("item-{id:04}"),
            price: f64::from(id) * 1.25,
            active: id % 2 == 0,
            tags: ["red", "blue"],
            note: "the quick brown fox",
        })
        .collect()
}

#[derive(Serialize, Deserialize)]
pub struct Order {
    number: String,
    customer: Customer,
    shipping: Address,
    billing: Address,
    lines: Vec<Line>,
    currency: String,
    paid: bool,
    notes: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Customer {
    name: String,
    email: String,
    phone: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Address {
    street: String,
    city: String,
    postcode: String,
    country: String,
}

#[derive(Serialize, Deserialize)]
struct Line {
    sku: String,
    name: String,
    quantity: u32,
    price: f64,
    tags: Vec<String>,
}

impl Order {
    /// The constraints the Python peers declare in their schemas.
    pub fn is_valid(&self) -> bool {
        let address =
            |a: &Address| a.street.chars().count() <= 100 && a.country.chars().count() == 2;
        address(&self.shipping)
            && address(&self.billing)
            && self
                .lines
                .iter()
                .all(|line| line.quantity >= 1 && line.price >= 0.0)
    }
}
