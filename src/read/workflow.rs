//! GitHub Actions workflows: jobs, steps and what they do with failures.
