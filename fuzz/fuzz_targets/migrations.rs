//! Migrations in SQL and Python.

#![no_main]

use gainsay::read::migrations::{Schema, python, sql};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let forwards = sql::forwards(text);
    if let Ok(steps) = sql::steps(forwards) {
        assert!(steps.iter().all(|step| forwards.get(step.range.clone()).is_some()));
        Schema::default().apply(&steps);
    }
    let _words = sql::words(text);
    let _django = python::django(&format!("class A(migrations.Migration):\n    operations = [{text}]\n"));
    let _alembic = python::alembic(&format!("import alembic\ndef upgrade():\n    {text}\n"));
});
