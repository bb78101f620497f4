//! Project models as Maven resolves them.

use super::*;
use proptest::prelude::*;

fn told(files: &[(&str, &str)], given: &Given) -> Vec<Project> {
    let tree = Tree::of_files(files.iter().map(|(path, text)| (*path, text.as_bytes())));
    projects(&tree, given, |_| false).into_iter().map(Result::unwrap).collect()
}

const PARENT: &str = "<project><groupId>g</groupId><artifactId>parent</artifactId><version>1</version><packaging>pom</packaging>
  <properties><min>0.80</min></properties>
  <build><pluginManagement><plugins><plugin><groupId>org.jacoco</groupId><artifactId>jacoco-maven-plugin</artifactId>
    <configuration><excludes><exclude>m/**</exclude></excludes></configuration>
    <executions><execution><id>c</id><goals><goal>check</goal></goals>
      <configuration><rules><rule><limits><limit><minimum>${min}</minimum></limit></limits></rule></rules></configuration></execution></executions>
  </plugin></plugins></pluginManagement>
  <plugins><plugin><groupId>org.jacoco</groupId><artifactId>jacoco-maven-plugin</artifactId>
    <configuration><excludes><exclude>p1/**</exclude><exclude>p2/**</exclude></excludes><a><x>1</x></a><e><f>1</f></e></configuration>
    <executions><execution><id>no</id><inherited>false</inherited><goals><goal>report</goal></goals></execution></executions>
  </plugin></plugins></build>
  <profiles>
    <profile><id>by-name</id><properties><min>0.1</min></properties></profile>
    <profile><id>by-property</id><activation><property><name>quick</name></property></activation><properties><min>0.2</min></properties></profile>
  </profiles></project>";

const CHILD: &str = "<project><parent><groupId>g</groupId><artifactId>parent</artifactId><version>1</version></parent><artifactId>child</artifactId>
  <build><plugins><plugin><groupId>org.jacoco</groupId><artifactId>jacoco-maven-plugin</artifactId>
    <configuration><excludes><exclude>c/**</exclude></excludes><a combine.children=\"append\"><x>2</x></a><e combine.self=\"override\"/></configuration>
  </plugin></plugins></build></project>";

/// What Maven 3.8.7's own model builder makes of the same two files.
#[test]
fn configuration_is_inherited_as_maven_inherits_it() {
    let all = told(&[("pom.xml", PARENT), ("child/pom.xml", CHILD)], &Given::default());
    let child = all.iter().find(|p| p.artifact == "child").unwrap();
    let plugin = child.plugin("jacoco-maven-plugin").unwrap();
    assert_eq!(plugin.executions.len(), 1, "an execution that is not inherited stays above");
    let configured = plugin.configured(&plugin.executions[0]);
    assert_eq!(configured.list("excludes"), ["c/**"]);
    assert_eq!(configured.list("a"), ["1", "2"]);
    assert_eq!(configured.list("e"), [""; 0]);
    let rule = configured.child("rules").unwrap().texts();
    assert!(rule.contains(&"0.80"), "{rule:?}");
    assert_eq!((child.group.as_str(), child.files.len()), ("g", 2));
    let parent = all.iter().find(|p| p.artifact == "parent").unwrap();
    let plugin = parent.plugin("jacoco-maven-plugin").unwrap();
    assert_eq!(plugin.executions.len(), 2);
    assert_eq!(plugin.configuration.as_ref().unwrap().list("excludes"), ["p1/**", "p2/**"]);
}

#[test]
fn an_empty_list_takes_in_what_is_above() {
    let child = CHILD.replace("<exclude>c/**</exclude>", "");
    let all = told(&[("pom.xml", PARENT), ("child/pom.xml", &child)], &Given::default());
    let plugin = all[0].plugin("jacoco-maven-plugin").unwrap();
    assert_eq!(plugin.configuration.as_ref().unwrap().list("excludes"), ["p1/**", "p2/**"]);
}

#[test]
fn profiles_and_user_properties_count_where_they_are_given() {
    let minimum = |given: Given| {
        let all = told(&[("pom.xml", PARENT)], &given);
        all[0].properties["min"].clone()
    };
    assert_eq!(minimum(Given::default()), "0.80");
    assert_eq!(minimum(Given { profiles: ["by-name".to_owned()].into(), ..Given::default() }), "0.1");
    let property = |name: &str, value: &str| Given {
        properties: [(name.to_owned(), value.to_owned())].into(),
        ..Given::default()
    };
    assert_eq!(minimum(property("quick", "true")), "0.2");
    assert_eq!(minimum(property("min", "0.3")), "0.3");
}

#[test]
fn a_parent_elsewhere_hands_down_nothing() {
    let other = PARENT.replace("<artifactId>parent</artifactId>", "<artifactId>other</artifactId>");
    let all = told(&[("pom.xml", &other), ("child/pom.xml", CHILD)], &Given::default());
    assert_eq!(all.iter().find(|p| p.artifact == "child").unwrap().files.len(), 1);
    let apart = CHILD.replace("<version>1</version>", "<version>1</version><relativePath/>");
    let all = told(&[("pom.xml", PARENT), ("child/pom.xml", &apart)], &Given::default());
    assert_eq!(all.iter().find(|p| p.artifact == "child").unwrap().files.len(), 1);
}

#[test]
fn circles_and_expressions_without_end_end() {
    let a = "<project><parent><artifactId>a</artifactId><relativePath>pom.xml</relativePath></parent><artifactId>a</artifactId>
        <properties><x>${y}${y}</x><y>${x}${x}</y></properties><build><sourceDirectory>${x}</sourceDirectory></build></project>";
    assert_eq!(told(&[("pom.xml", a)], &Given::default()).len(), 1);
    let tree = Tree::of_files([("pom.xml", "<project".as_bytes())]);
    assert!(projects(&tree, &Given::default(), |_| false)[0].is_err());
}

proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(text in "(<project>|</project>|<build>|<plugins>|<plugin>|</plugin>|<a>|</a>|\\$\\{x\\}|<parent>|.){0,60}") {
        let tree = Tree::of_files([("pom.xml", text.as_bytes())]);
        projects(&tree, &Given::default(), |_| true);
    }
}
