//! Deliveries as GitHub sends them: a `pull_request` payload of its usual size, one pull request each.

use axum::body::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};

/// Where the number of the pull request stands until a delivery is made.
const NUMBER: u64 = 8_765_432_109;

const REPOSITORY_URLS: &[&str] = &[
    "archive_url",
    "assignees_url",
    "blobs_url",
    "branches_url",
    "collaborators_url",
    "comments_url",
    "commits_url",
    "compare_url",
    "contents_url",
    "contributors_url",
    "deployments_url",
    "downloads_url",
    "events_url",
    "forks_url",
    "git_commits_url",
    "git_refs_url",
    "git_tags_url",
    "hooks_url",
    "issue_comment_url",
    "issue_events_url",
    "issues_url",
    "keys_url",
    "labels_url",
    "languages_url",
    "merges_url",
    "milestones_url",
    "notifications_url",
    "pulls_url",
    "releases_url",
    "stargazers_url",
    "statuses_url",
    "subscribers_url",
    "subscription_url",
    "tags_url",
    "teams_url",
    "trees_url",
];

const REPOSITORY_FLAGS: &[&str] = &[
    "has_issues",
    "has_projects",
    "has_wiki",
    "has_pages",
    "archived",
    "disabled",
    "allow_forking",
    "is_template",
    "allow_squash_merge",
    "allow_merge_commit",
    "allow_rebase_merge",
    "allow_auto_merge",
    "delete_branch_on_merge",
];

const USER_URLS: &[&str] = &[
    "events_url",
    "followers_url",
    "following_url",
    "gists_url",
    "html_url",
    "organizations_url",
    "received_events_url",
    "repos_url",
    "starred_url",
    "subscriptions_url",
];

/// Makes deliveries for one webhook secret.
pub(crate) struct Payloads {
    template: String,
    secret: String,
}

/// What is sent.
pub(crate) struct Delivery {
    pub(crate) id: String,
    pub(crate) signature: String,
    pub(crate) body: Bytes,
}

impl Payloads {
    pub(crate) fn new(secret: &str) -> Self {
        Self { template: event().to_string(), secret: secret.to_owned() }
    }

    /// The delivery of a number; no two numbers share an id, a body or a pull request.
    pub(crate) fn delivery(&self, number: u64) -> Delivery {
        let body = self.template.replace(&NUMBER.to_string(), &(number + 1).to_string());
        let mac = Hmac::<sha2::Sha256>::new_from_slice(self.secret.as_bytes());
        let mac = mac.expect("HMAC takes a key of any length").chain_update(body.as_bytes());
        Delivery {
            id: format!("00000000-0000-4000-8000-{number:012}"),
            signature: format!("sha256={}", hex::encode(mac.finalize().into_bytes())),
            body: body.into(),
        }
    }

    /// Bytes of a body.
    pub(crate) fn size(&self) -> usize {
        self.template.len()
    }
}

fn user(login: &str) -> Value {
    let home = format!("https://api.github.com/users/{login}");
    let mut user = json!({
        "login": login, "id": 1_234_567, "node_id": "MDQ6VXNlcjEyMzQ1Njc=", "type": "User", "site_admin": false,
        "avatar_url": "https://avatars.githubusercontent.com/u/1234567?v=4", "gravatar_id": "", "url": home,
    });
    for name in USER_URLS {
        user[name] = format!("{home}/{}", name.trim_end_matches("_url")).into();
    }
    user
}

fn repository() -> Value {
    let home = "https://api.github.com/repos/example-shop/storefront";
    let mut repository = json!({
        "id": 987_654_321, "node_id": "R_kgDOOt4QsQ", "name": "storefront", "full_name": "example-shop/storefront",
        "private": true, "owner": user("example-shop"), "html_url": "https://github.com/example-shop/storefront",
        "description": "The shop as its customers see it", "fork": false, "url": home,
        "created_at": "2024-02-03T04:05:06Z", "updated_at": "2026-07-08T09:10:11Z", "pushed_at": "2026-07-08T09:10:11Z",
        "git_url": "git://github.com/example-shop/storefront.git", "size": 48_211, "stargazers_count": 12,
        "ssh_url": "git@github.com:example-shop/storefront.git", "watchers_count": 12, "language": "TypeScript",
        "clone_url": "https://github.com/example-shop/storefront.git", "forks_count": 3, "mirror_url": null,
        "open_issues_count": 41, "license": null, "topics": ["shop", "typescript"], "visibility": "private",
        "forks": 3, "open_issues": 41, "watchers": 12, "default_branch": "main",
    });
    for name in REPOSITORY_FLAGS {
        repository[name] = name.starts_with("has").into();
    }
    for name in REPOSITORY_URLS {
        repository[name] = format!("{home}/{}{{/id}}", name.trim_end_matches("_url")).into();
    }
    repository
}

fn side(branch: &str, digit: &str) -> Value {
    json!({
        "label": format!("example-shop:{branch}"), "ref": branch, "sha": digit.repeat(40),
        "user": user("example-shop"), "repo": repository(),
    })
}

fn pull() -> Value {
    let home = format!("https://api.github.com/repos/example-shop/storefront/pulls/{NUMBER}");
    let text =
        "Rounds each line of the invoice before the sum, as the tax office wants it.\n\n- All tests pass\n";
    let label = |name: &&str| json!({"id": 4_711, "name": name, "color": "ededed", "description": null});
    let labels: Vec<Value> = ["billing", "needs-review", "size/M"].iter().map(label).collect();
    let mut pull = json!({
        "url": home, "id": NUMBER, "node_id": "PR_kwDOOt4QsM5", "number": NUMBER, "state": "open", "locked": false,
        "html_url": format!("https://github.com/example-shop/storefront/pull/{NUMBER}"), "draft": false,
        "title": "Round each line of an invoice", "user": user("a-developer"), "body": text.repeat(20),
        "created_at": "2026-07-08T09:10:11Z", "updated_at": "2026-07-08T10:11:12Z",
        "merge_commit_sha": "4".repeat(40), "assignee": user("a-developer"), "assignees": [user("a-developer")],
        "requested_reviewers": [user("a-reviewer")], "labels": labels, "head": side("round-lines", "2"),
        "base": side("main", "1"), "author_association": "MEMBER", "merged": false, "commits": 3,
        "additions": 212, "deletions": 87, "changed_files": 9,
    });
    for name in ["diff", "patch", "issue", "commits", "review_comments", "statuses"] {
        pull[format!("{name}_url")] = format!("{home}/{name}").into();
    }
    pull
}

fn event() -> Value {
    json!({
        "action": "synchronize", "number": NUMBER, "before": "3".repeat(40), "after": "2".repeat(40),
        "pull_request": pull(), "repository": repository(), "organization": user("example-shop"),
        "sender": user("a-developer"), "installation": {"id": 31_415_926, "node_id": "MDIzOkludGVncmF0aW9u"},
    })
}
