//! Makes new files that are compiled in known to cargo: `include_dir` names the files that
//! it found to the compiler, not the directory that it looked into.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    for directory in ["src/account_page", "src/message/locales"] {
        println!("cargo::rerun-if-changed={directory}");
    }
}
