//! A shape as a JSON Schema, draft 2020-12, for editors and other tools.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{
    Assumed, FieldShape, MemberShape, RecordShape, ScalarShape, Shape, ShapeOf, SumShape,
    WordShape, bounds,
};

/// The schema of a document of this shape.
pub fn schema(id: &str, title: &str, shape: Shape) -> Value {
    let mut collector = Collector::default();
    let root = collector.schema(shape);
    let mut document = Map::new();
    document.insert("$schema".into(), json!("https://json-schema.org/draft/2020-12/schema"));
    document.insert("$id".into(), json!(id));
    document.insert("title".into(), json!(title));
    if let Value::Object(root) = root {
        document.extend(root);
    }
    let definitions = collector.definitions.into_iter().collect::<Map<_, _>>();
    document.insert("$defs".into(), Value::Object(definitions));
    Value::Object(document)
}

/// Collects the definitions that schemas refer to.
#[derive(Default)]
struct Collector {
    definitions: BTreeMap<String, Value>,
}

impl Collector {
    fn schema(&mut self, shape: Shape) -> Value {
        match shape {
            Shape::Any => json!({}),
            Shape::Scalar(of) => scalar(of),
            Shape::Word(word) => self.define(word.name, |_| described(word.doc, word_schema(word))),
            Shape::Optional(of) => self.schema(of()),
            Shape::Either(one, other) => {
                json!({ "anyOf": [self.schema(one()), self.schema(other())] })
            }
            Shape::Maybe(of) => json!({ "anyOf": [{ "const": "none" }, self.schema(of())] }),
            Shape::List(of) => json!({ "type": "array", "items": self.schema(of()) }),
            Shape::Named(of) => json!({
                "type": "object",
                "propertyNames": { "pattern": "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$" },
                "additionalProperties": self.schema(of()),
            }),
            Shape::Record(of) => {
                self.define(&name(of.name, of.of), |all| described(of.doc, all.record(of)))
            }
            Shape::Sum(of) => {
                self.define(&name(of.name, of.of), |all| described(of.doc, all.sum(of)))
            }
            Shape::Varying(of, distribution) => {
                json!({ "oneOf": [self.schema(of()), self.schema(distribution())] })
            }
            Shape::Weights(of) => json!({
                "type": "object",
                "minProperties": 1,
                "propertyNames": self.schema(of()),
                "additionalProperties": { "type": "integer", "minimum": 0 },
            }),
            Shape::Patch(of) => match of() {
                Shape::Record(of) => self.define(&format!("{}Patch", of.name), |all| {
                    let mut patch = all.record(of);
                    patch.as_object_mut().map(|patch| patch.remove("required"));
                    described(of.doc, patch)
                }),
                _ => json!({ "type": "object" }),
            },
        }
    }

    /// A reference to a definition that is made the first time it is needed.
    fn define(&mut self, name: &str, make: impl FnOnce(&mut Self) -> Value) -> Value {
        if !self.definitions.contains_key(name) {
            self.definitions.insert(name.to_owned(), Value::Null);
            let made = make(self);
            self.definitions.insert(name.to_owned(), made);
        }
        json!({ "$ref": format!("#/$defs/{name}") })
    }

    fn record(&mut self, record: &RecordShape) -> Value {
        let required = record.fields.iter().filter(|field| field.is_required());
        let required: Vec<_> = required.map(|field| field.key).collect();
        let fields = record.fields.iter();
        let fields: Map<_, _> =
            fields.map(|field| (field.key.to_owned(), self.field(field))).collect();
        json!({
            "type": "object",
            "properties": fields,
            "required": required,
            "additionalProperties": false,
        })
    }

    /// A field; what need not be written may be null, which removes what was inherited.
    fn field(&mut self, field: &FieldShape) -> Value {
        let schema = bounded(field, self.schema((field.shape)()));
        if field.is_required() {
            return described(field.doc, schema);
        }
        let nullable = json!({ "anyOf": [schema, { "type": "null" }] });
        let assumed = field.assumed.map(|it| assumption(&it)).unwrap_or_default();
        let mut nullable = described(&format!("{}{assumed}", field.doc), nullable);
        if let (Some(default), Some(object)) = (field.default, nullable.as_object_mut()) {
            object.insert("default".to_owned(), default_value(field, default));
        }
        nullable
    }

    fn sum(&mut self, sum: &SumShape) -> Value {
        let members = sum.members.iter();
        json!({ "oneOf": members.flat_map(|member| self.member(member)).collect::<Vec<_>>() })
    }

    /// The map with the one key, and the bare word where nothing need stand under it.
    fn member(&mut self, member: &MemberShape) -> Vec<Value> {
        let word = described(member.doc, json!({ "const": member.key }));
        let Some(of) = member.payload else { return vec![word] };
        let payload = self.schema(of());
        let map = json!({
            "type": "object",
            "properties": { member.key: payload },
            "required": [member.key],
            "additionalProperties": false,
        });
        let bare = match of() {
            Shape::Record(record) => !record.fields.iter().any(FieldShape::is_required),
            _ => false,
        };
        let map = described(member.doc, map);
        if bare { vec![map, word] } else { vec![map] }
    }
}

/// What the default of a field rests on.
fn assumption(assumed: &Assumed) -> String {
    let range = assumed.range.map(|it| format!("; the truth may be {} to {}", it.low, it.high));
    format!("\nThe default is assumed: {}{}.\n", assumed.why, range.unwrap_or_default())
}

/// The schema with the bounds of a field, which JSON Schema can express for integers only.
fn bounded(field: &FieldShape, mut schema: Value) -> Value {
    if let (Some(range), Some(schema)) = (bounds::range(field), schema.as_object_mut()) {
        let number = |text: &str| text.replace('_', "").parse::<u64>().ok();
        let limits = [("minimum", field.low), ("maximum", field.high)];
        for (key, bound) in limits {
            let bound = bound.and_then(number).filter(|_| schema.contains_key("minimum"));
            schema.extend(bound.map(|bound| (key.to_owned(), json!(bound))));
        }
        schema.insert("$comment".to_owned(), json!(range));
    }
    schema
}

fn scalar(scalar: ScalarShape) -> Value {
    let mut schema = json!({ "type": scalar.json });
    if let [only] = scalar.json {
        schema["type"] = json!(only);
    }
    if let Some(pattern) = scalar.pattern {
        schema["pattern"] = json!(pattern);
    }
    if scalar.json.contains(&"integer") {
        schema["minimum"] = json!(0);
    }
    if scalar.json.contains(&"boolean") { schema } else { with_example(schema, scalar.example) }
}

fn with_example(mut schema: Value, example: &str) -> Value {
    schema["examples"] = json!([example.trim_matches('"')]);
    schema
}

fn word_schema(word: &WordShape) -> Value {
    let one = |(text, doc): &(&str, &str)| described(doc, json!({ "const": text }));
    json!({ "oneOf": word.words.iter().map(one).collect::<Vec<_>>() })
}

/// The schema with what it means; references may carry one as well.
fn described(doc: &str, mut schema: Value) -> Value {
    let lines: Vec<_> = doc.lines().map(str::trim).collect();
    let doc = lines.join("\n");
    if let (false, Some(object)) = (doc.trim().is_empty(), schema.as_object_mut()) {
        object.insert("description".to_owned(), json!(doc.trim()));
    }
    schema
}

/// The name of a definition; a generic one says of what it is.
fn name(name: &str, of: Option<ShapeOf>) -> String {
    let Some(of) = of else { return name.to_owned() };
    let of = of().expected();
    let noun = of.strip_prefix("an ").or_else(|| of.strip_prefix("a ")).unwrap_or(&of);
    format!("{name}-{}", noun.replace(' ', "-"))
}

/// A default as an editor should insert it.
fn default_value(field: &FieldShape, default: &str) -> Value {
    let shape = match (field.shape)() {
        Shape::Optional(of) | Shape::Maybe(of) | Shape::Either(of, _) => of(),
        shape => shape,
    };
    match shape {
        Shape::Scalar(scalar) if !scalar.json.contains(&"string") || scalar.json.len() > 1 => {
            serde_json::from_str(default).unwrap_or_else(|_| json!(default))
        }
        Shape::List(_) | Shape::Named(_) | Shape::Record(_) => {
            serde_json::from_str(default).unwrap_or_else(|_| json!(default))
        }
        _ => json!(default),
    }
}

#[cfg(test)]
mod tests;
