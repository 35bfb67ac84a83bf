import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { problemsOf, resultLabelsOf } from "./test/judge-expression.ts";
import { readPromql } from "./test/promql.ts";

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly description: string };
}
interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
}
interface Target {
  readonly expr: string;
  readonly legendFormat: string;
}
interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly Target[];
}
interface Dashboard {
  readonly panels: readonly Panel[];
  readonly annotations: { readonly list: readonly { readonly expr: string }[] };
}

const read = (file: string): string => readFileSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)), "utf8");
const rules = (Bun.YAML.parse(read("deploy/alerts.yaml")) as RuleFile).groups.flatMap((group) => group.rules);
const dashboard = JSON.parse(read("deploy/grafana-dashboard.json")) as Dashboard;
const targets = dashboard.panels.flatMap(({ title, targets: of = [] }) => of.map((target) => ({ title, ...target })));

describe("alerts", () => {
  test("each is named once, has a severity, and says what is wrong and what to do", () => {
    expect(rules.length).toBeGreaterThan(10);
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    for (const { alert, labels, annotations } of rules) {
      expect(alert).toMatch(/^Iamgate[A-Z][A-Za-z]+$/);
      expect(["critical", "warning"]).toContain(labels.severity);
      expect(annotations.summary.length).toBeGreaterThan(20);
      expect(annotations.description.length).toBeGreaterThan(20);
    }
  });

  for (const { alert, expr, annotations } of rules) {
    test(`${alert}: metrics, labels and values that there are`, () => {
      expect(problemsOf(expr)).toEqual([]);
      const named = [...`${annotations.summary} ${annotations.description}`.matchAll(/\$labels\.(\w+)/g)];
      for (const [, label = ""] of named) expect(resultLabelsOf(expr)).toContain(label);
    });
  }

  test("all are told in docs/metrics.md, and no others", () => {
    const told = [...read("docs/metrics.md").matchAll(/^\| `(Iamgate\w+)` \|/gm)].map(([, alert = ""]) => alert);
    expect(told.toSorted()).toEqual(rules.map(({ alert }) => alert).toSorted());
  });
});

describe("dashboard", () => {
  for (const { title, expr, legendFormat } of targets) {
    test(`${title} (${legendFormat}): metrics, labels and values that there are`, () => {
      expect(problemsOf(expr)).toEqual([]);
      for (const [, label = ""] of legendFormat.matchAll(/\{\{(\w+)\}\}/g))
        expect(resultLabelsOf(expr)).toContain(label);
    });
  }

  test("annotations: metrics and labels that there are", () => {
    for (const { expr } of dashboard.annotations.list) expect(problemsOf(expr)).toEqual([]);
  });

  test("every panel heeds the chosen instances, has an id of its own, and covers no other", () => {
    for (const { expr } of targets) expect(expr).toContain('instance=~"$instance"');
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    for (const { gridPos } of dashboard.panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
  });
});

describe("the check itself", () => {
  for (const [what, expression, problem] of [
    ["a metric that there is not", "rate(iamgate_review_total[5m])", "iamgate_review_total: no such metric"],
    ["a histogram by its bare name", "rate(iamgate_review_duration_seconds[5m])", "no such metric"],
    ["a label that it has not", 'iamgate_mapping_entries{result="granted"}', "has no label result"],
    ["a value that it never has", 'rate(iamgate_reviews_total{result="grant"}[5m])', 'result is never "grant"'],
    ["one value of a pattern", 'rate(iamgate_reviews_total{result=~"granted|x"}[5m])', 'result is never "x"'],
    ["the Go authenticator's name spelt rightly", countOf("unknown_user"), 'result is never "unknown_user"'],
    ["a counter without a rate", 'iamgate_reviews_total{result="granted"}', "only grows: take its rate"],
    ["a grouping that nothing has", "sum by (pod) (iamgate_mapping_entries)", "groups by pod"],
    ["no metric at all", "vector(1)", "asks for no metric"],
  ] as const) {
    test(`finds ${what}`, () => {
      expect(problemsOf(expression).join("\n")).toContain(problem);
    });
  }

  test("takes what is right", () => {
    expect(problemsOf(countOf("uknown_user"))).toEqual([]);
    expect(
      problemsOf("histogram_quantile(0.9, sum by (le) (rate(iamgate_review_duration_seconds_bucket[5m])))"),
    ).toEqual([]);
  });

  test("what it cannot read is an error and not silence", () => {
    expect(() => readPromql("sum(iamgate_reviews_total) @ end() ; x")).toThrow(SyntaxError);
  });
});

function countOf(result: string): string {
  return `rate(aws_iam_authenticator_authenticate_latency_seconds_count{result="${result}"}[5m])`;
}
