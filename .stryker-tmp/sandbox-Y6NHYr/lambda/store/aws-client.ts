/** How long the clients for AWS wait, and how often they try. */
export interface AwsLimits {
  /** For connecting, and again for the answer; then it is tried again. */
  readonly requestMs: number;
  readonly triesMax: number;
  /** Side by side; a request that waits for a connection uses up its time. Absent: as many as the SDK has. */
  readonly connectionsMax?: number;
}

/** What every client for AWS is made with. The SDK's own way is to wait without end. */
export function awsClient({ requestMs, triesMax, connectionsMax }: AwsLimits) {
  const agent = connectionsMax === undefined ? undefined : { maxSockets: connectionsMax };
  return {
    maxAttempts: triesMax,
    requestHandler: {
      connectionTimeout: requestMs,
      requestTimeout: requestMs,
      throwOnRequestTimeout: true,
      ...(agent && { httpAgent: agent, httpsAgent: agent }),
    },
  };
}
