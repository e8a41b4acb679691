//! The smallest program that simulates links no mathematics of the platform.

use std::path::PathBuf;
use std::process::Command;

/// Functions of the platform's mathematics that are exact everywhere, so nobody minds them.
const EXACT: [&str; 14] = [
    "ceil",
    "copysign",
    "fabs",
    "floor",
    "fma",
    "fmax",
    "fmin",
    "fmod",
    "nearbyint",
    "rint",
    "round",
    "roundeven",
    "sqrt",
    "trunc",
];

/// Functions whose last bits differ between platforms, processors and versions.
const ROUNDED: [&str; 36] = [
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "cbrt",
    "cos",
    "cosh",
    "erf",
    "erfc",
    "exp",
    "exp10",
    "exp2",
    "expm1",
    "gamma",
    "hypot",
    "j0",
    "j1",
    "jn",
    "lgamma",
    "lgamma_r",
    "log",
    "log10",
    "log1p",
    "log2",
    "pow",
    "remainder",
    "sin",
    "sincos",
    "sinh",
    "tan",
    "tanh",
    "tgamma",
    "y0",
];

#[test]
fn the_kernel_links_no_mathematics_of_the_platform() {
    let Some(kernel) = kernel() else {
        println!("skipped: examples/kernel is not built; `cargo test` or COALMINE_KERNEL has it");
        return;
    };
    let Some(imports) = imports(&kernel) else {
        println!("skipped: there is no `nm` that can read {}", kernel.display());
        return;
    };
    assert!(imports.iter().any(|name| name == "memcpy"), "nothing of a C library: {imports:?}");
    let bad: Vec<_> = imports.iter().filter(|name| is_rounded(name)).collect();
    assert!(bad.is_empty(), "{} imports {bad:?}", kernel.display());
    println!("{}: {} imports, none of them mathematics", kernel.display(), imports.len());
}

#[test]
fn only_rounded_functions_are_minded() {
    assert!(EXACT.iter().all(|name| !is_rounded(name)));
    for name in ["log", "expf", "powl", "__exp_finite", "sincosf", "_log1p"] {
        assert!(is_rounded(name), "{name}");
    }
    for name in ["memcpy", "floorf", "fmod", "dlog", "logb_r", "exp_table", "poweroff"] {
        assert!(!is_rounded(name), "{name}");
    }
}

/// Whether a symbol is one of those functions, in any precision and spelling.
fn is_rounded(symbol: &str) -> bool {
    let name = symbol.trim_start_matches('_').trim_end_matches("_finite");
    let short = name.strip_suffix(['f', 'l']).unwrap_or(name);
    ROUNDED.contains(&name) || ROUNDED.contains(&short)
}

/// `COALMINE_KERNEL`, or the example beside this test.
fn kernel() -> Option<PathBuf> {
    let named = std::env::var_os("COALMINE_KERNEL").map(PathBuf::from);
    let beside = || {
        let test = std::env::current_exe().ok()?;
        let name = format!("kernel{}", std::env::consts::EXE_SUFFIX);
        Some(test.parent()?.parent()?.join("examples").join(name))
    };
    match named {
        Some(named) => Some(named),
        None => beside().filter(|file| file.exists()),
    }
}

/// The symbols that a program wants from shared libraries, without their versions.
fn imports(program: &PathBuf) -> Option<Vec<String>> {
    let said = Command::new("nm").args(["-D", "--undefined-only"]).arg(program).output().ok()?;
    if !said.status.success() {
        return None;
    }
    let said = String::from_utf8(said.stdout).ok()?;
    let names = said.lines().filter_map(|line| line.split_whitespace().last());
    Some(names.map(|name| name.split('@').next().unwrap_or(name).to_owned()).collect())
}
