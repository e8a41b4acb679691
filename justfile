# What a pull request has to pass.
ci:
    .ci/run

# The long forms: every cell of the determinism matrix, and the benches once.
nightly: ci
    scripts/determinism full
    cargo bench --workspace --locked

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
