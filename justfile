# What a pull request has to pass.
ci:
    .ci/run

# The long forms: every cell of the determinism matrix, the benches once, a million bad queries.
nightly: ci
    scripts/determinism full
    cargo bench --workspace --locked
    cargo run --release --locked -p promql --example fuzz -- 1000000 $(date +%j)
    cargo run --release --locked -p expr --example fuzz_conditions -- 1000000 $(date +%j)

# Formats everything.
fmt:
    cargo fmt --all

# How fast it is, and the plain gate against a notebook (needs numpy for the ratio).
bench *args:
    cargo bench --locked {{args}}

# The same bytes, however they are computed.
determinism mode='quick':
    scripts/determinism {{mode}}

# Accepts what the tests found different in committed outputs; read the diff.
accept:
    UPDATE_EXPECT=1 cargo test --workspace --locked
