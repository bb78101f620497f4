//! JUnit XML: how many tests passed, failed and were skipped.
