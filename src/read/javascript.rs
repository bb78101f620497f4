//! JavaScript and TypeScript configuration files, evaluated statically.
