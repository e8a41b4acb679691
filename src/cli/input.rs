//! Files, folders and the standard input, and the scenarios in them.

use std::path::{Path, PathBuf};

use super::console::Console;
use super::exit::Failure;
use super::files::{expand, is_broken, is_foreign, name, read, trees};
use super::foreign;
use super::services::Services;
use super::settings::SettingArgs;
use crate::document::{
    self, At, Decode, Key, Node, Problems, Scalar, SourceKind, Sources, Value, base, complete,
    quoted, yaml,
};
use crate::experiment::{Expectation, expectations};
use crate::import::Imported;
use crate::scenario::{Claim, ClaimDoc, Scenario, ScenarioDoc, Variants, shapes, validate};
use crate::telemetry::rules;

/// One scenario to run.
#[derive(Debug)]
pub(super) struct Job {
    /// The files it is made of, as they were given.
    pub(super) files: Vec<String>,
    /// The whole document, with everything that nobody wrote.
    pub(super) tree: Node,
    /// The document as it was read.
    pub(super) doc: ScenarioDoc,
    /// What is simulated.
    pub(super) scenario: Scenario,
    /// What is wanted, as it is written.
    pub(super) expect: Option<Node>,
    /// What is wanted.
    pub(super) wanted: Vec<Expectation>,
    /// What foreign files say and could not be kept.
    pub(super) losses: Vec<String>,
    /// What foreign files do not say.
    pub(super) assumptions: Vec<String>,
}

/// Several variants to try in the same worlds.
#[derive(Debug)]
pub(super) struct Group {
    /// What it is called.
    pub(super) name: String,
    /// The variants, each under its own name.
    pub(super) jobs: Vec<Job>,
    /// The one that the others are held against.
    pub(super) baseline: usize,
    /// The measures that a page shows; the usual ones when nothing is said.
    pub(super) measures: Option<Vec<At<String>>>,
}

/// A statement, and the cases that it is tried in.
#[derive(Debug)]
pub(super) struct Statement {
    /// What it is called.
    pub(super) name: String,
    /// The statement, and what is written down about it.
    pub(super) doc: ClaimDoc,
    /// The cases, each under its own name; none when it is not tried.
    pub(super) cases: Vec<Job>,
}

/// Everything that was read.
#[derive(Debug)]
pub(super) struct Input {
    /// Every text.
    pub(super) sources: Sources,
    /// In the order of the files.
    pub(super) jobs: Vec<Job>,
    /// The comparisons, in the order of the files.
    pub(super) groups: Vec<Group>,
    /// The claims, in the order of the files.
    pub(super) claims: Vec<Statement>,
}

impl Input {
    /// The same, where nothing can be made of a comparison.
    pub(super) fn without_comparisons(self) -> Result<Self, Failure> {
        let Some(group) = self.groups.first() else { return Ok(self) };
        let files = group.jobs.first().map(|job| job.files.join(" ")).unwrap_or_default();
        let what = format!("{} is a comparison", quoted(&files));
        Err(Failure::Usage(what, format!("write: coalmine compare {files}")))
    }

    /// The same, where nothing can be made of a claim.
    pub(super) fn without_claims(self) -> Result<Self, Failure> {
        let Some(claim) = self.claims.first() else { return Ok(self) };
        let what = format!("{} is a claim", quoted(&claim.name));
        Err(Failure::Usage(what, "claims are tried by: coalmine run FILE".to_owned()))
    }
}

/// A document before it is decoded.
struct Draft {
    files: Vec<String>,
    name: String,
    tree: Node,
    losses: Vec<String>,
    assumptions: Vec<String>,
    is_foreign: bool,
}

impl Draft {
    /// What it is called: as it says itself, else as its file.
    fn title(&self) -> String {
        self.tree.get("name").and_then(Node::as_text).unwrap_or(&self.name).to_owned()
    }
}

/// Reads scenarios. Foreign files are imported together, as the one scenario that they describe.
pub(super) fn load(
    files: &[PathBuf],
    settings: &SettingArgs,
    replications: Option<u64>,
    console: &mut Console,
) -> Result<Input, Failure> {
    let mut reader = Reader::default();
    let files = expand(files)?;
    let mut foreign_at = None;
    for file in &files {
        let bytes = read(file)?;
        let name = name(file);
        if Services::is_one(file, &bytes) {
            continue;
        }
        if is_foreign(&bytes) {
            foreign_at.get_or_insert(reader.drafts.len());
            reader.foreign(name, &bytes);
        } else if !reader.is_mixed(&name, &bytes) {
            reader.own(file, name, &bytes);
        }
    }
    match foreign_at {
        Some(at) => {
            reader.read_services(&files);
            reader.draft(at, settings);
        }
        None if settings.resume_after.is_some() => {
            let what = "`--resume-after` is about pauses of imported files, and there is none";
            let help = "in a scenario, write the duration: pause: 10m".to_owned();
            return Err(Failure::Usage(what.to_owned(), help));
        }
        None => {}
    }
    let jobs = reader.jobs(settings, replications);
    let groups = reader.groups(settings, replications);
    let claims = reader.claims(settings, replications);
    let Reader { sources, problems, .. } = reader;
    let text = problems.render(&sources, console.messages);
    if problems.has_errors() {
        return Err(Failure::Problems(text));
    }
    console.note(&text);
    Ok(Input { sources, jobs, groups, claims })
}

/// Reads foreign manifests: the scenario that they describe, with what the flags say.
pub(super) fn imported(
    files: &[PathBuf],
    workload: Option<&str>,
    settings: &SettingArgs,
    console: &mut Console,
) -> Result<(Imported, Sources), Failure> {
    let mut reader = Reader::default();
    let files = expand(files)?;
    for file in &files {
        let bytes = read(file)?;
        if Services::is_one(file, &bytes) {
            continue;
        }
        if !is_foreign(&bytes) && !is_broken(&bytes) {
            return Err(foreign::none(file));
        }
        reader.foreign(name(file), &bytes);
    }
    reader.read_services(&files);
    let imported = reader.import(settings, workload).map(|it| {
        let (sources, problems) = (&mut reader.sources, &mut reader.problems);
        let document = settings.apply(it.document, None, sources, problems);
        let (document, settled) = foreign::settled(document, problems);
        let assumptions = it.assumptions.into_iter().chain(settled).collect();
        Imported { document, assumptions, ..it }
    });
    let text = reader.problems.render(&reader.sources, console.messages);
    match imported.filter(|_| !reader.problems.has_errors()) {
        Some(imported) => {
            console.note(&text);
            Ok((imported, reader.sources))
        }
        None => Err(Failure::Problems(text)),
    }
}

/// What has been read so far.
#[derive(Default)]
struct Reader {
    sources: Sources,
    problems: Problems,
    drafts: Vec<Draft>,
    comparisons: Vec<Draft>,
    statements: Vec<Draft>,
    foreign: Vec<Node>,
    foreign_files: Vec<String>,
    /// What is said of services beside foreign files.
    services: Services,
}

impl Reader {
    fn own(&mut self, file: &Path, name: String, bytes: &[u8]) {
        let read = |path: &str| std::fs::read(path);
        let (sources, problems) = (&mut self.sources, &mut self.problems);
        let Some(tree) = base::load(&name, bytes, &read, &shapes(), sources, problems) else {
            return;
        };
        if let Some(problem) = rules::mistaken(&tree, &name) {
            self.problems.push(problem);
            return;
        }
        let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        let title = stem.filter(|stem| stem != "-").unwrap_or_else(|| "scenario".to_owned());
        let drafts = match tree.get("kind").and_then(Node::as_text) {
            Some(Variants::KIND) => &mut self.comparisons,
            Some(Claim::KIND) => &mut self.statements,
            _ => &mut self.drafts,
        };
        drafts.push(Draft {
            files: vec![name],
            name: title,
            tree,
            losses: Vec::new(),
            assumptions: Vec::new(),
            is_foreign: false,
        });
    }

    /// Reports a text that has manifests and a scenario.
    fn is_mixed(&mut self, name: &str, bytes: &[u8]) -> bool {
        if foreign::mixed(&trees(bytes).0).is_none() {
            return false;
        }
        let (sources, problems) = (&mut self.sources, &mut self.problems);
        let trees = yaml::parse(sources, SourceKind::File, name, bytes, problems);
        if let Some(problem) = foreign::mixed(&trees) {
            problems.push(problem);
        }
        true
    }

    fn read_services(&mut self, files: &[PathBuf]) {
        self.services = Services::beside(files, &mut self.sources, &mut self.problems);
    }

    fn foreign(&mut self, name: String, bytes: &[u8]) {
        let kind = SourceKind::Import;
        let trees = yaml::parse(&mut self.sources, kind, &name, bytes, &mut self.problems);
        self.foreign.extend(trees);
        self.foreign_files.push(name);
    }

    /// The scenario that all foreign files together describe.
    fn import(&mut self, settings: &SettingArgs, workload: Option<&str>) -> Option<Imported> {
        if self.problems.has_errors() {
            return None;
        }
        let Self { foreign, services, problems, .. } = self;
        foreign::import(foreign, settings.resume_after, workload, services, problems)
    }

    fn draft(&mut self, at: usize, settings: &SettingArgs) {
        let Some(imported) = self.import(settings, None) else { return };
        let draft = Draft {
            files: std::mem::take(&mut self.foreign_files),
            name: "imported".to_owned(),
            losses: foreign::losses(&imported, &self.sources),
            assumptions: foreign::told(&imported.assumptions, &self.sources),
            tree: imported.document,
            is_foreign: true,
        };
        self.drafts.insert(at, draft);
    }

    fn jobs(&mut self, settings: &SettingArgs, replications: Option<u64>) -> Vec<Job> {
        let drafts = std::mem::take(&mut self.drafts);
        drafts.into_iter().filter_map(|draft| self.job(draft, settings, replications)).collect()
    }

    /// The comparisons: each variant is a scenario of its own, with the flags laid over it.
    fn groups(&mut self, settings: &SettingArgs, replications: Option<u64>) -> Vec<Group> {
        let drafts = std::mem::take(&mut self.comparisons);
        drafts.into_iter().filter_map(|draft| self.group(draft, settings, replications)).collect()
    }

    fn group(
        &mut self,
        draft: Draft,
        settings: &SettingArgs,
        replications: Option<u64>,
    ) -> Option<Group> {
        let name = draft.title();
        let Draft { files, tree, .. } = draft;
        let Variants { documents, baseline, measures } = Variants::of(tree, &mut self.problems)?;
        let jobs = self.jobs_of(&files, documents, settings, replications)?;
        Some(Group { name, jobs, baseline, measures })
    }

    /// The claims: each case is a scenario of its own, with the flags laid over it.
    fn claims(&mut self, settings: &SettingArgs, replications: Option<u64>) -> Vec<Statement> {
        let drafts = std::mem::take(&mut self.statements);
        drafts.into_iter().filter_map(|draft| self.claim(draft, settings, replications)).collect()
    }

    fn claim(
        &mut self,
        draft: Draft,
        settings: &SettingArgs,
        replications: Option<u64>,
    ) -> Option<Statement> {
        let name = draft.title();
        let Draft { files, tree, .. } = draft;
        let Claim { doc, documents } = Claim::of(tree, &mut self.problems)?;
        let cases = self.jobs_of(&files, documents, settings, replications)?;
        Some(Statement { name, doc, cases })
    }

    /// Documents of one file by name, or nothing when one of them has a problem.
    fn jobs_of(
        &mut self,
        files: &[String],
        documents: Vec<(String, Node)>,
        settings: &SettingArgs,
        replications: Option<u64>,
    ) -> Option<Vec<Job>> {
        let mut jobs = Vec::new();
        let mut is_whole = true;
        for (name, mut tree) in documents {
            rename(&mut tree, &name);
            let draft = Draft {
                files: files.to_vec(),
                name,
                tree,
                losses: Vec::new(),
                assumptions: Vec::new(),
                is_foreign: false,
            };
            match self.job(draft, settings, replications) {
                Some(job) => jobs.push(job),
                None => is_whole = false,
            }
        }
        is_whole.then_some(jobs)
    }

    fn job(
        &mut self,
        draft: Draft,
        settings: &SettingArgs,
        replications: Option<u64>,
    ) -> Option<Job> {
        let problems = &mut self.problems;
        let tree = settings.apply(draft.tree, replications, &mut self.sources, problems);
        let (tree, settled) =
            if draft.is_foreign { foreign::settled(tree, problems) } else { (tree, Vec::new()) };
        let assumptions = [draft.assumptions, foreign::told(&settled, &self.sources)].concat();
        let (tree, expect) = tree.split(&["expect"]);
        let expect = expect.get("expect").cloned();
        let wanted = expect.as_ref().map(|expect| expectations(expect, problems));
        let tree = complete(ScenarioDoc::shape(), tree);
        let before = problems.len();
        let doc = document::decode::<ScenarioDoc>(&tree, problems)?;
        if problems.len() > before && problems.has_errors() {
            return None;
        }
        let scenario = validate(&doc, &draft.name, problems)?;
        Some(Job {
            files: draft.files,
            tree,
            doc,
            scenario,
            expect,
            wanted: wanted.unwrap_or_default(),
            losses: draft.losses,
            assumptions,
        })
    }
}

/// A variant is called what it is called among the variants.
fn rename(tree: &mut Node, name: &str) {
    let Value::Map(map) = &mut tree.value else { return };
    if let Some(old) = map.remove("name") {
        let scalar = Value::Scalar(Scalar { text: name.to_owned(), quoted: false });
        map.insert(Key::new("name", old.place), Node { value: scalar, ..old });
    }
}
