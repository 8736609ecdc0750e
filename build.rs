//! Tells cargo to build again when a file is added to a directory that is compiled in.
//! `include_dir` reports only the files that it found, and not the directory.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    for directory in ["src/account_page", "src/locales"] {
        println!("cargo::rerun-if-changed={directory}");
    }
}
