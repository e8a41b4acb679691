//! What people read about broken documents.

use super::check;

#[test]
fn unknown_field() {
    check(
        "strategy:\n  canary:\n    step: []\n",
        r"
error[E0012]: unknown field `step`
 --> service.yaml:3:5
  |
3 |     step: []
  |     ^^^^ not a field of `strategy.canary`
  |
  = help: did you mean `steps`? fields here: steps
",
    );
}

#[test]
fn bare_number() {
    check(
        "strategy:\n  canary:\n    steps: [ { pause: 10 } ]\n",
        r"
error[E0031]: expected a duration, found a bare number
 --> service.yaml:3:23
  |
3 |     steps: [ { pause: 10 } ]
  |                       ^^ duration without a unit
  |
  = help: write the unit: `10m` or `10s` or `10ms`
",
    );
}

#[test]
fn missing_field() {
    check(
        "fleet: { replicas: 3 }\ngates:\n  errors: {}\n",
        r"
error[E0011]: missing field `strategy`
 --> service.yaml:1:1
  |
1 | fleet: { replicas: 3 }
  | ^^^^^ the document needs `strategy`
  |
  = help: write for example: strategy: { canary: {} }

error[E0011]: missing field `over`
 --> service.yaml:3:3
  |
3 |   errors: {}
  |   ^^^^^^ `gates.errors` needs `over`
  |
  = help: write for example: over: 5%
",
    );
}

#[test]
fn two_alternatives() {
    check(
        "strategy: { canary: {}, allAtOnce: {} }\n",
        r"
error[E0015]: `canary` and `allAtOnce` exclude each other
 --> service.yaml:1:25
  |
1 | strategy: { canary: {}, allAtOnce: {} }
  |             ------      ^^^^^^^^^ a second alternative
  |             |
  |             the first one
  |
  = help: `strategy` is one of them: remove the other
",
    );
}

#[test]
fn policy_cannot_be_random() {
    check(
        "strategy: allAtOnce\ngates: { a: { over: { uniform: { from: 1%, to: 5% } } } }",
        r"
error[E0033]: expected a share, found a distribution
 --> service.yaml:2:21
  |
2 | gates: { a: { over: { uniform: { from: 1%, to: 5% } } } }
  |                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ policy is chosen, so it cannot be random
  |
  = help: write for example: 5%
",
    );
}

#[test]
fn contradicting_distribution() {
    check(
        "strategy: canary\nfleet:\n  startup: { lognormal: { median: 4s, p95: 1s } }",
        r"
error[E0034]: `p95` is below `median`
 --> service.yaml:3:12
  |
3 |   startup: { lognormal: { median: 4s, p95: 1s } }
  |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ the 95th percentile is at least the median
  |
  = help: did you mean median: 1s, p95: 4s?
",
    );
}

#[test]
fn duplicate_key() {
    check(
        "strategy: canary\nfleet: {}\nstrategy: allAtOnce\n",
        r"
error[E0004]: the key `strategy` stands twice in a map
 --> service.yaml:3:1
  |
1 | strategy: canary
  | -------- the first one
2 | fleet: {}
3 | strategy: allAtOnce
  | ^^^^^^^^ the second one
  |
  = help: remove one of them
",
    );
}

#[test]
fn out_of_range_and_wrong_kind() {
    check(
        "strategy: canary\ngates:\n  slow: { over: 120% }\n  Bad Name: []\n",
        r"
error[E0032]: `120%` is not possible here
 --> service.yaml:3:17
  |
3 |   slow: { over: 120% }
  |                 ^^^^ a share is at most 100 %
  |
  = help: write for example: 5%

error[E0016]: `Bad Name` cannot be a name
 --> service.yaml:4:3
  |
4 |   Bad Name: []
  |   ^^^^^^^^ names are made of a-z, 0-9 and dashes, with a letter or digit at each end
  |
  = help: write for example: bad-name

error[E0013]: expected a map of fields, found a list
 --> service.yaml:4:13
  |
4 |   Bad Name: []
  |             ^^ `gates.Bad Name` is a map of fields
  |
  = help: write for example: { over: 5% }
",
    );
}

#[test]
fn yaml_1_1_words_are_texts() {
    check(
        "strategy: canary\nkeep-old: no\n",
        r"
error[E0030]: expected `true` or `false`, found `no`
 --> service.yaml:2:11
  |
2 | keep-old: no
  |           ^^ neither `true` nor `false`
  |
  = help: write: false
",
    );
}

#[test]
fn syntax() {
    check(
        "strategy: canary\nfleet:\n\treplicas: 3\n",
        r"
error[E0002]: the text is not YAML
 --> service.yaml:3:2
  |
3 |     replicas: 3
  |     ^ a tab stands where a line is indented
  |
  = help: indent with spaces
",
    );
}

#[test]
fn foreign_text_cannot_reach_the_terminal() {
    check(
        "strategy: \"\\e[31mred\"\nfl\u{202e}eet: 1\n",
        r#"
error[E0014]: unknown word `\u{1b}[31mred`
 --> service.yaml:1:11
  |
1 | strategy: "\e[31mred"
  |           ^^^^^^^^^^^ `strategy` cannot be this
  |
  = help: can be: canary, allAtOnce, not-at-all

error[E0012]: unknown field `fl\u{202e}eet`
 --> service.yaml:2:1
  |
2 | fl�eet: 1
  | ^^^^^^ not a field of the document
  |
  = help: did you mean `fleet`? fields here: name, fleet, traffic, strategy, gates, variants, keep-old
"#,
    );
}

#[test]
fn a_long_line_is_clipped() {
    let text = format!("strategy: canary\nname: {}\n", "x".repeat(2000));
    check(
        &text,
        r"
error[E0016]: `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...` cannot be a name
--> service.yaml:2:7
 = note: `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...`: names have at most 63 characters
 = help: write for example: checkout
",
    );
}

#[test]
fn bounds() {
    check(
        "strategy: canary\nfleet:\n  replicas: 0\n  limit: 1Ki\n",
        r"
error[E0032]: `0` is not possible for `replicas`
 --> service.yaml:3:13
  |
3 |   replicas: 0
  |             ^ it can be 1 to 100_000
  |
  = help: write for example: 1

error[E0032]: `1Ki` is not possible for `limit`
 --> service.yaml:4:10
  |
4 |   limit: 1Ki
  |          ^^^ it can be at least 1Mi
  |
  = help: write for example: 1Mi
",
    );
}
