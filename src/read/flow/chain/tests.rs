//! Chains, numbers and texts as they are written.

use super::*;
use proptest::prelude::*;

fn shown(language: Language, text: &str) -> Vec<String> {
    let written = Written::parse(language, text).unwrap();
    let link = |link: &Link<'_, '_>| {
        let call = link.arguments.as_ref().map_or(String::new(), |a| format!("({})", a.len()));
        format!("{}{call}", link.name)
    };
    let chain = |chain: Chain<'_, '_>| {
        let links: Vec<String> = chain.links.iter().map(link).collect();
        format!("{} {}", chain.root, links.join(" "))
    };
    written.chains().into_iter().map(chain).collect()
}

#[test]
fn a_chain_is_told_once_with_all_its_links() {
    let text = "const { data } = await supabase.from('a').select('*', { count: 'exact' }).limit(5000);\n";
    assert_eq!(shown(Language::TypeScript, text), ["supabase from(1) select(2) limit(1)"]);
    let text = "rows = self.client.table('a').select('*').execute().data\nf(g(1))\n";
    assert_eq!(
        shown(Language::Python, text),
        ["self client table(1) select(1) execute(0)", "f (1)", "g (1)"]
    );
    assert_eq!(shown(Language::JavaScript, "new A({ b: 1 }).c();\n"), ["A (1) c(0)"]);
}

#[test]
fn numbers_and_texts_are_known_through_names_that_are_bound_once() {
    let text = "const SIZE = 5_000;\nconst API = 'https://a.example';\nlet n = 1;\nn = 2;\nf(SIZE, `${API}/x?n=${n}`, n);\n";
    let written = Written::parse(Language::JavaScript, text).unwrap();
    let names = written.names();
    let chains = written.chains();
    let arguments = chains[0].links[0].arguments.as_ref().unwrap();
    assert_eq!(written.number(&names, arguments[0].value), Some(5_000));
    assert_eq!(written.string(&names, arguments[1].value).unwrap(), format!("https://a.example/x?n={HOLE}"));
    assert_eq!(written.number(&names, arguments[2].value), None);
    assert_eq!(whole("1e4"), Some(10_000));
    assert_eq!(whole("0.5"), None);
}

proptest! {
    #[test]
    fn any_text_has_chains_or_is_undecided(
        words in "([(){}\\[\\]<>`'\"$:;=.,\n a-c0-9]|def |func |function |await |import |from |const |new ){0,120}",
    ) {
        for language in [Language::JavaScript, Language::Tsx, Language::Python, Language::Go, Language::Ruby] {
            if let Ok(written) = Written::parse(language, &words) {
                let names = written.names();
                for chain in written.chains() {
                    for argument in chain.links.iter().flat_map(|l| l.arguments.iter().flatten()) {
                        let _number = written.number(&names, argument.value);
                        let _record = written.record(&names, argument.value);
                    }
                }
                let _strings = written.strings(&names);
            }
        }
    }
}
