//! Symbols by syntax: what still stands, what was copied, and what nothing answers.

use super::*;

const SUM: &str = "def sum_up(items):\n    amount = 0\n    for item in items:\n        amount += item.price\n    return amount\n";

#[track_caller]
fn py(body: &str, base: &str, head: &str, standing: Standing) {
    stands(
        &told(body, &[("a.py", base), ("b.py", "x = 1\n")], &[("a.py", head), ("b.py", "x = 2\n")]),
        standing,
    );
}

#[test]
fn a_removed_name_must_be_gone_as_a_definition_and_not_from_strings() {
    let body = "Removed `sum_up()`.";
    py(body, SUM, &format!("{SUM}\n\nrate = 7\n"), Contradicted);
    py(body, SUM, "rate = 7\n", Supported);
    py(body, &format!("{SUM}\n\nsum_up([])\n"), &format!("{SUM}\n"), Unproven);
    py(body, "log('sum_up')\n", "log('sum_up', 1)\n", Unproven);
    py(body, "# sum_up adds\nx = 1\n", "# sum_up adds\nx = 2\n", Unproven);
    py(body, "class A:\n    sum_up = 1\n", "class B:\n    sum_up = 1\n", Unproven);
    let other = |text: &'static str| [("A.java", text)];
    let java = told(
        body,
        &other("class A { int sum_up() { return 1; } }"),
        &other("class A { int sum_up() { return 2; } }"),
    );
    stands(&java, Unproven);
    let broken = format!("{SUM}\n\ndef (:\n");
    py(body, SUM, &broken, Unproven);
}

#[test]
fn a_renamed_name_must_not_be_left_beside_the_new_one() {
    let body = "Renamed `sum_up` to `add_up`.";
    let renamed = SUM.replace("sum_up", "add_up");
    py(body, SUM, &renamed, Supported);
    py(body, SUM, &format!("{SUM}\n\n{renamed}"), Contradicted);
    py(body, SUM, &format!("{SUM}\n\nadd_up([])\n"), Contradicted);
    let shim = "\n\ndef sum_up(items):\n    warn('old')\n    return add_up(items)\n";
    py(body, SUM, &format!("{renamed}{shim}"), Unproven);
    py(body, SUM, &format!("{renamed}\n\nsum_up = add_up\n"), Unproven);
    py(body, SUM, &format!("# Deprecated.\n{SUM}\n\n{renamed}"), Unproven);
    py(body, SUM, &format!("from .sums import add_up\n\n\n{SUM}\n\nadd_up([])\n"), Unproven);
}

#[test]
fn a_call_left_under_the_old_name_refutes_the_renaming_where_nothing_answers_it() {
    let body = "Renamed `sum_up` to `add_up`.";
    let renamed = SUM.replace("sum_up", "add_up");
    let called = format!("{SUM}\n\nprint(sum_up([]))\nprint(sum_up([1]))\n");
    py(body, &called, &format!("{renamed}\n\nprint(add_up([]))\nprint(sum_up([1]))\n"), Contradicted);
    for answered in [
        "from .old import sum_up\n",
        "from .old import *\n",
        "def run(sum_up):\n    return sum_up([])\n\n\n",
        "print(shop.sum_up([]))\n",
        "print('sum_up()')  # sum_up()\n",
        "globals()['sum_up'] = add_up\n",
    ] {
        py(body, &called, &format!("{answered}{renamed}\n\nprint(add_up([]))\n"), Supported);
    }
}

#[test]
fn an_added_name_that_is_only_called_is_not_there() {
    let body = "Added `round_up()`.";
    py(body, SUM, &format!("{SUM}\n\nprint(round_up(1))\n"), Contradicted);
    for text in [
        "from tools import round_up\nprint(round_up(1))\n",
        "def round_up(n):\n    return n\n\n\nprint(round_up(1))\n",
        "print(tools.round_up(1))\n",
        "round_up = make()\nprint(round_up(1))\n",
        "print(round_up)\n",
    ] {
        py(body, SUM, &format!("{SUM}\n\n{text}"), Supported);
    }
    let go = |text: &'static str| [("a.go", text)];
    let change = told(
        "Added `roundUp()`.",
        &go("package a\n"),
        &go("package a\n\nfunc f() int { return roundUp(1) }\n"),
    );
    stands(&change, Supported);
}

#[test]
fn a_replacement_is_refuted_where_all_is_as_it_was_and_nothing_of_the_new_came() {
    let body = "Replaced `item.price` with `item.net_price`.";
    py(body, SUM, &format!("{SUM}\n\nrate = 7\n"), Contradicted);
    py(body, SUM, &SUM.replace("item.price", "item.net_price"), Supported);
    for text in ["rate = item.net_price\n", "net_price = 7\n", "netPrice = 7\n", "item.price\n"] {
        py(body, SUM, &format!("{SUM}\n\n{text}"), Unproven);
    }
    py(body, SUM, "rate = 7\n", Unproven);
}
