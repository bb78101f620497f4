//! Test reports of every format: each reader gets the bytes.

#![no_main]

use gainsay::read::test_report::{Results, read};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    for beginning in ["", "TAP version 14\n", "{\"Action\":\"start\",\"Package\":\"p\"}\n", "<testsuite>", "<TestRun>"] {
        let bytes = [beginning.as_bytes(), bytes].concat();
        if let Ok(report) = read(&gainsay_fuzz::evidence("report", &bytes)) {
            let results = Results::of(&[report]);
            assert!(results.failing.len() as u64 <= results.red());
        }
    }
});
