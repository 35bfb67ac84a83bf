/** What tokens are signed for. */
export const CLUSTER_ID = "bench";
export const REGION = "us-west-2";
export const STS_HOST = "sts.us-west-2.amazonaws.com";

/** Whoever signs is this session of a role, says the stub: administrators log in by roles. */
export const SIGNER = {
  account: "111122223333",
  arn: "arn:aws:sts::111122223333:assumed-role/Developer/carol@example.com",
  roleArn: "arn:aws:iam::111122223333:role/Developer",
  userId: "AROABENCHDEVELOPER001:carol@example.com",
} as const;

/** Keys that begin so are refused by the stub. */
export const FORGED_KEY_PREFIX = "ASIAFORGED";
