use coalmine::{scenario::*, simulation::*};
#[test]
fn smoke() {
    let n: u64 = std::env::var("N").ok().and_then(|n| n.parse().ok()).unwrap_or(2_000);
    let mut files: Vec<_> = std::fs::read_dir("scenarios/bench").unwrap().map(|f| f.unwrap().path()).collect();
    if let Ok(f) = std::env::var("F") { files = vec![f.into()]; }
    files.sort();
    for f in files {
        let s = Scenario::read(&std::fs::read_to_string(&f).unwrap()).unwrap_or_else(|e| panic!("{e}"));
        let mut e = Engine::new(&s, Unrecorded);
        let (mut rolled, mut dig) = (0u64, 0u64);
        let t = std::time::Instant::now();
        for i in 0..n { let m = e.simulate(0, i); if m.ending == Ending::RolledBack { rolled += 1; } dig = dig.wrapping_mul(31).wrapping_add(m.met + m.failed); }
        let d = t.elapsed().as_secs_f64();
        eprintln!("{:.0}/s {:?} {rolled} {dig:x}", n as f64 / d, f.file_name());
        let mut r = Engine::new(&s, Timeline::default());
        if std::env::var("N").is_err() { for i in 0..100 { let a = e.simulate(0, i); let b = r.simulate(0, i); assert_eq!(a, b, "rep {i}"); } }
    }
}
