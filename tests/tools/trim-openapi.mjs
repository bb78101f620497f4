// Cuts GitHub's OpenAPI descriptions down to the operations and the parts that the tests validate requests against: that
// of github.com and that of the newest GitHub Enterprise Server. What the server lacks is listed as `lacking`.
// Run by hand after raising @octokit/openapi: node tests/tools/trim-openapi.mjs tests/data
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const OPERATIONS = [
  ["get", "/app"],
  ["get", "/app/hook/config"],
  ["get", "/app/hook/deliveries"],
  ["get", "/app/hook/deliveries/{delivery_id}"],
  ["post", "/app/installations/{installation_id}/access_tokens"],
  ["get", "/installation/repositories"],
  ["get", "/repos/{owner}/{repo}/git/matching-refs/{ref}"],
  ["get", "/repos/{owner}/{repo}/pulls"],
  ["get", "/repos/{owner}/{repo}/pulls/{pull_number}"],
  ["get", "/repos/{owner}/{repo}/pulls/{pull_number}/reviews"],
  ["get", "/repos/{owner}/{repo}/collaborators/{username}/permission"],
  ["get", "/repos/{owner}/{repo}/issues/{issue_number}/comments"],
  ["post", "/repos/{owner}/{repo}/issues/{issue_number}/comments"],
  ["patch", "/repos/{owner}/{repo}/issues/comments/{comment_id}"],
  ["post", "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions"],
  ["get", "/repos/{owner}/{repo}/compare/{basehead}"],
  ["get", "/repos/{owner}/{repo}/commits"],
  ["get", "/repos/{owner}/{repo}/commits/{ref}"],
  ["get", "/repos/{owner}/{repo}/commits/{ref}/check-runs"],
  ["get", "/repos/{owner}/{repo}/commits/{ref}/status"],
  ["get", "/repos/{owner}/{repo}/contents/{path}"],
  ["get", "/repos/{owner}/{repo}/git/ref/{ref}"],
  ["get", "/repos/{owner}/{repo}/git/trees/{tree_sha}"],
  ["get", "/repos/{owner}/{repo}/git/blobs/{file_sha}"],
  ["get", "/repos/{owner}/{repo}/zipball/{ref}"],
  ["post", "/repos/{owner}/{repo}/check-runs"],
  ["get", "/repos/{owner}/{repo}/check-runs/{check_run_id}"],
  ["patch", "/repos/{owner}/{repo}/check-runs/{check_run_id}"],
  ["get", "/repos/{owner}/{repo}/actions/runs"],
  ["get", "/repos/{owner}/{repo}/actions/runs/{run_id}/jobs"],
  ["get", "/repos/{owner}/{repo}/actions/runs/{run_id}/artifacts"],
  ["get", "/repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}"],
  ["get", "/repos/{owner}/{repo}/deployments"],
  ["get", "/repos/{owner}/{repo}/deployments/{deployment_id}/statuses"],
];
const generated = new URL("node_modules/@octokit/openapi/generated/", import.meta.url);
const PROSE = new Set(["description", "example", "examples", "title", "externalDocs", "deprecated"]);

function trimmed(file) {
  const api = JSON.parse(readFileSync(new URL(file, generated), "utf8"));

  function resolve(value) {
    if (!value?.$ref) return value;
    return resolve(value.$ref.slice(2).split("/").reduce((at, key) => at[key.replaceAll("~1", "/")], api));
  }

  // `names` says that the keys are properties' names and not keywords: a property may be called `title`.
  function trim(value, names = false) {
    value = resolve(value);
    if (Array.isArray(value)) return value.map((item) => trim(item));
    if (value === null || typeof value !== "object") return value;
    const keep = ([key]) => names || !(PROSE.has(key) || key.startsWith("x-"));
    const entries = Object.entries(value).filter(keep);
    return Object.fromEntries(entries.map(([key, item]) => [key, trim(item, !names && key === "properties")]));
  }

  const there = ([method, path]) => api.paths[path]?.[method] !== undefined;
  const operations = OPERATIONS.filter(there).map(([method, path]) => {
    const item = api.paths[path];
    const operation = item[method];
    const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map(resolve);
    const body = operation.requestBody?.content?.["application/json"]?.schema;
    return {
      method,
      path,
      parameters: parameters.map(({ name, in: where, required = false, schema }) => ({
        name, in: where, required, schema: trim(schema),
      })),
      ...(body ? { body: trim(body) } : {}),
    };
  });
  const lacking = OPERATIONS.filter((operation) => !there(operation)).map((operation) => operation.join(" "));
  const { title, version } = api.info;
  return JSON.stringify({ of: `${title} ${version} (${file})`, lacking, operations }, null, 1) + "\n";
}

const age = (file) => file.match(/\d+/g).map(Number);
const servers = readdirSync(generated).filter((file) => /^ghes-\d+\.\d+\.json$/.test(file));
const newest = servers.sort((a, b) => age(a)[0] - age(b)[0] || age(a)[1] - age(b)[1]).pop();
const folder = process.argv[2];
writeFileSync(join(folder, "github-openapi.json"), trimmed("api.github.com.json"));
writeFileSync(join(folder, "ghes-openapi.json"), trimmed(newest));
