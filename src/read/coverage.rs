//! Coverage configurations, resolved to the set of files that the tool measures.
