/**
 * The partitions of AWS and their regions, from botocore's `partitions.json` (1.44.5); the STS names of each from the
 * endpoint rule set of botocore's STS model and the AWS General Reference.
 */
export interface Partition {
  /** `aws`, `aws-cn`, `aws-us-gov`, … as in ARNs. */
  readonly name: string;
  readonly dnsSuffix: string;
  /** Where STS answers on IPv6 too; absent where it does not. */
  readonly dualStackDnsSuffix?: string;
  /** Whether `sts-fips.` names exist beside the plain ones. */
  readonly hasFipsNames: boolean;
  /** What regions of this partition look like, also those that open after this list was made. */
  readonly regionPattern: RegExp;
  readonly regions: readonly string[];
}

/** Every partition, most used first. */
export const PARTITIONS: readonly Partition[] = [
  {
    name: "aws",
    dnsSuffix: "amazonaws.com",
    dualStackDnsSuffix: "api.aws",
    hasFipsNames: true,
    regionPattern: /^(us|eu|ap|sa|ca|me|af|il|mx)-[a-z]+-\d{1,2}$/,
    regions: words(`
      us-east-1 us-east-2 us-west-1 us-west-2 ca-central-1 ca-west-1 mx-central-1 sa-east-1 sa-west-1
      eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3
      af-south-1 il-central-1 me-central-1 me-south-1 me-west-1
      ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2
      ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7`),
  },
  {
    name: "aws-cn",
    dnsSuffix: "amazonaws.com.cn",
    dualStackDnsSuffix: "api.amazonwebservices.com.cn",
    hasFipsNames: false,
    regionPattern: /^cn-[a-z]+-\d{1,2}$/,
    regions: ["cn-north-1", "cn-northwest-1"],
  },
  {
    // STS is FIPS-validated under its plain name here.
    name: "aws-us-gov",
    dnsSuffix: "amazonaws.com",
    dualStackDnsSuffix: "api.aws",
    hasFipsNames: false,
    regionPattern: /^us-gov-[a-z]+-\d{1,2}$/,
    regions: ["us-gov-west-1", "us-gov-east-1"],
  },
  {
    name: "aws-iso",
    dnsSuffix: "c2s.ic.gov",
    hasFipsNames: false,
    regionPattern: /^us-iso-[a-z]+-\d{1,2}$/,
    regions: ["us-iso-east-1", "us-iso-west-1"],
  },
  {
    name: "aws-iso-b",
    dnsSuffix: "sc2s.sgov.gov",
    hasFipsNames: false,
    regionPattern: /^us-isob-[a-z]+-\d{1,2}$/,
    regions: ["us-isob-east-1", "us-isob-west-1"],
  },
  {
    name: "aws-iso-e",
    dnsSuffix: "cloud.adc-e.uk",
    hasFipsNames: false,
    regionPattern: /^eu-isoe-[a-z]+-\d{1,2}$/,
    regions: ["eu-isoe-west-1"],
  },
  {
    name: "aws-iso-f",
    dnsSuffix: "csp.hci.ic.gov",
    hasFipsNames: false,
    regionPattern: /^us-isof-[a-z]+-\d{1,2}$/,
    regions: ["us-isof-south-1", "us-isof-east-1"],
  },
  {
    name: "aws-eusc",
    dnsSuffix: "amazonaws.eu",
    dualStackDnsSuffix: "api.amazonwebservices.eu",
    hasFipsNames: false,
    regionPattern: /^eusc-de-[a-z]+-\d{1,2}$/,
    regions: ["eusc-de-east-1"],
  },
];

/** The partition whose regions look like this one, or `undefined` where none does. */
export function partitionOfRegion(region: string): Partition | undefined {
  return PARTITIONS.find((partition) => partition.regionPattern.test(region));
}

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}
