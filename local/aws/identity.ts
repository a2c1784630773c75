/** Who and where everything is on one machine. The account does not exist, the region has no meaning. */
export const LOCAL_ACCOUNT = '000000000000';
export const LOCAL_REGION = 'us-east-1';

/** For an SDK client that talks to a stand-in: it has to sign with something, and nobody checks with what. */
export const LOCAL_AWS = {
  region: LOCAL_REGION,
  credentials: { accessKeyId: 'local', secretAccessKey: 'signs-for-nobody-on-this-machine' },
} as const;
