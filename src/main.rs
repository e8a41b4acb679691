//! The command line.

fn main() -> std::process::ExitCode {
    coalmine::cli::main()
}
