/** What a username or a group may hold a place for; all else in double braces is literal text. */
export const TEMPLATES = {
  accountId: "{{AccountID}}",
  sessionName: "{{SessionName}}",
  sessionNameRaw: "{{SessionNameRaw}}",
  accessKeyId: "{{AccessKeyID}}",
  ec2PrivateDnsName: "{{EC2PrivateDNSName}}",
} as const;

/** A template of {@link TEMPLATES}. */
export type Template = (typeof TEMPLATES)[keyof typeof TEMPLATES];

/** Replaces each known template once, left to right: what is put in is never read for templates again. */
export function fillTemplates(text: string, values: Readonly<Record<Template, string>>): string {
  return text.replace(KNOWN, (template) => values[template as Template]);
}

/** Which of the known templates a text holds. */
export function templatesIn(text: string): ReadonlySet<Template> {
  return new Set((text.match(KNOWN) ?? []) as Template[]);
}

/** What stands in double braces and is no template, for example `{{ SessionName }}`. */
export function unknownTemplatesIn(text: string): readonly string[] {
  return (text.replace(KNOWN, "").match(/\{\{[^{}]{0,100}\}\}/g) ?? []).map(String);
}

const KNOWN = new RegExp(Object.values(TEMPLATES).join("|"), "g");
