//! The blocks of a Ruby file by its lines: a count that holds for files written a statement a line.

/// Words that open a block where a line begins with them.
const OPENING: [&str; 10] =
    ["begin", "case", "class", "def", "for", "if", "module", "unless", "until", "while"];
/// Words that open a block behind `=`.
const VALUES: [&str; 5] = ["begin", "case", "if", "unless", "while"];

/// Blocks that are opened minus `end`s. Zero says that this way of counting fits the file.
pub(super) fn surplus(text: &str) -> i64 {
    let (mut count, mut in_comment, mut heredoc) = (0, false, None::<String>);
    for line in text.lines() {
        let code = line.trim();
        if let Some(tag) = &heredoc {
            if code == tag {
                heredoc = None;
            }
            continue;
        }
        match line {
            "__END__" => break,
            _ if line.starts_with("=begin") => in_comment = true,
            _ if line.starts_with("=end") => in_comment = false,
            _ if in_comment || code.starts_with('#') => {}
            _ => {
                count += of_line(code);
                heredoc = opened(code);
            }
        }
    }
    count
}

/// The tag of the text that begins on the next line.
fn opened(code: &str) -> Option<String> {
    let (_, rest) = code.split_once("<<~").or_else(|| code.split_once("<<-"))?;
    let tag: String = rest
        .trim_start_matches(['"', '\'', '`'])
        .chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect();
    (!tag.is_empty()).then_some(tag)
}

fn of_line(code: &str) -> i64 {
    let words: Vec<&str> = code.split(|c: char| !c.is_alphanumeric() && !"_?!:@".contains(c)).collect();
    let first = words.first().copied().unwrap_or_default();
    let opens_first = OPENING.contains(&first) && !is_endless(code);
    let opens_value = VALUES.iter().any(|word| {
        let behind = code.split_once("= ").map_or("", |(_, value)| value);
        behind.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    });
    let opens_do = !opens_first && ends_in_do(code);
    let closes = i64::from(first == "end");
    let closes_itself = (opens_first || opens_value || opens_do || code.contains(" do "))
        && first != "end"
        && words.iter().rev().find(|word| !word.is_empty()) == Some(&"end");
    let is_open = opens_first || opens_value || opens_do;
    i64::from(is_open && !closes_itself) - closes
}

/// `def name = value` has no `end`.
fn is_endless(code: &str) -> bool {
    let Some(rest) = code.strip_prefix("def ") else { return false };
    let head = match (rest.find('('), rest.find(" = ")) {
        (Some(open), Some(mark)) if open < mark => rest.rsplit_once(')').map_or("", |(_, behind)| behind),
        _ => rest,
    };
    head.contains(" = ")
}

fn ends_in_do(code: &str) -> bool {
    let plain = match code.strip_suffix('|') {
        Some(rest) => rest.rsplit_once('|').map_or("", |(before, _)| before),
        None => code,
    };
    let plain = plain.trim_end();
    plain == "do" || plain.ends_with(" do") || plain.ends_with(")do")
}

#[cfg(test)]
mod tests {
    use super::surplus;

    #[test]
    fn whole_files_of_many_styles_balance() {
        let text = "module A\n  class B < C\n    def one(a, b = 2)\n      return 1 if a\n      x = if b\n        2\n      \
                    else\n        3\n      end\n      [1].each do |n|\n        puts n\n      end.size\n    end\n\n    \
                    def two = 2\n    def three(a = 1) = a\n    def four; 4; end\n    class E < StandardError; end\n    \
                    text = <<~TEXT\n      if you end\n      end\n    TEXT\n    # end\n    while ready? do\n      \
                    wait\n    end\n    run do 1 end\n  end\nend\n__END__\nend\n";
        assert_eq!(surplus(text), 0);
    }

    #[test]
    fn a_missing_end_and_one_too_many_are_counted() {
        assert_eq!(surplus("def a\n  if b\n    1\nend\n"), 1);
        assert_eq!(surplus("def a\n  1\nend\nend\n"), -1);
        assert_eq!(surplus("list.each do |n|\n  puts n\n"), 1);
    }
}
