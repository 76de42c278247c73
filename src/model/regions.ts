/**
 * The regions that AWS has, of every partition that we know. AWS adds some each year: this list tells misspellings from
 * regions, and never decides by itself that there is no such region (N01). The documentation has these, and so has
 * botocore 1.43.107 of October 2026, but for the isolated partitions.
 * @see https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
 * @see https://docs.amazonaws.cn/en_us/aws/latest/userguide/endpoints-arns.html
 * @see https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/using-govcloud-endpoints.html
 * @see https://docs.aws.eu/esc/latest/userguide/regions.html
 */
export const regions: readonly string[] = Object.freeze(
  [
    "af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2",
    "ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7",
    "ca-central-1 ca-west-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2",
    "eu-west-3 il-central-1 me-central-1 me-south-1 mx-central-1 sa-east-1 us-east-1 us-east-2 us-west-1",
    "us-west-2 cn-north-1 cn-northwest-1 us-gov-east-1 us-gov-west-1 eusc-de-east-1",
  ].flatMap((line) => line.split(" ")),
);

/** The month of the list. */
export const regionsAsOf = "October 2026";
