//! Facts about Gainsay's behaviour, as one binary.

mod fixture;
mod fixtures;
mod floors;
mod plant;
