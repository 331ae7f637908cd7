//! The command line. It reads settings and calls the library; it decides nothing else.

fn main() {}
