import { CfnOutput, RemovalPolicy } from 'aws-cdk-lib';
import {
  CfnEIP,
  FlowLogDestination,
  FlowLogTrafficType,
  GatewayVpcEndpointAwsService,
  type ISecurityGroup,
  type IVpc,
  NatProvider,
  Peer,
  Port,
  SecurityGroup,
  type SubnetSelection,
  Subnet,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { answerFor, answerForWildcards } from './rules';
import type { Settings } from './settings';

interface Placement {
  readonly vpc: IVpc;
  readonly vpcSubnets: SubnetSelection;
  readonly securityGroups: ISecurityGroup[];
}

/** Where the functions run when their calls have to leave from addresses that others can put on a list. */
export interface Network {
  /** Of each function. */
  readonly placement: Placement;
}

/** Absent unless it is asked for: it costs more than all the rest, and adds a way to fail. */
export function networkOf(scope: Construct, settings: Settings): Network | undefined {
  switch (settings.network) {
    case 'none':
      return undefined;
    case 'own':
      return new OwnNetwork(scope, 'Network', settings);
    case 'existing':
      return new ExistingNetwork(scope, 'Network', settings);
  }
}

/** Subnets that the company has; whatever they lead through (NAT gateways, a firewall, a proxy) is its own. */
class ExistingNetwork extends Construct implements Network {
  readonly placement: Placement;

  constructor(scope: Construct, id: string, { vpc_id, subnet_ids, security_group_ids }: Settings) {
    super(scope, id);
    if (vpc_id === undefined) throw new Error('an existing network has a vpc_id');
    // Nothing is looked up: a synthesis needs no account. CDK asks for zones, and uses them for nothing here.
    const availabilityZones = subnet_ids.map((_, index) => `zone-${index}`);
    const vpc = Vpc.fromVpcAttributes(this, 'Vpc', { vpcId: vpc_id, availabilityZones });
    answerFor(this, {
      'Annotation::@aws-cdk/aws-ec2:noSubnetRouteTableId': 'Nothing here asks for a route table.',
    });
    this.placement = {
      vpc,
      vpcSubnets: {
        subnets: subnet_ids.map((subnetId, index) => Subnet.fromSubnetId(this, `Subnet${index}`, subnetId)),
      },
      securityGroups: security_group_ids.map((groupId, index) =>
        SecurityGroup.fromSecurityGroupId(this, `SecurityGroup${index}`, groupId),
      ),
    };
  }
}

/**
 * Two zones, private subnets, and NAT gateways whose addresses are outputs: what WeChat Pay and a company's firewall
 * can put on a list. https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc-internet.html
 */
class OwnNetwork extends Construct implements Network {
  readonly placement: Placement;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    const addresses = Array.from({ length: settings.nat_gateways }, (_, index) => this.address(index));
    // CDK's classes are not written for `exactOptionalPropertyTypes`.
    const vpc = new Vpc(this, 'Vpc', {
      maxAzs: 2,
      natGateways: settings.nat_gateways,
      natGatewayProvider: NatProvider.gateway({ eipAllocationIds: addresses }),
      subnetConfiguration: [
        { name: 'Public', subnetType: SubnetType.PUBLIC, cidrMask: 26, mapPublicIpOnLaunch: false },
        { name: 'Private', subnetType: SubnetType.PRIVATE_WITH_EGRESS },
      ],
      // CDK's own switch for this brings a function of its own. Nothing is put into the default group.
      restrictDefaultSecurityGroup: false,
      // The calls that cost: without this they would go through the NAT gateways, by the gigabyte.
      gatewayEndpoints: { DynamoDb: { service: GatewayVpcEndpointAwsService.DYNAMODB } },
      flowLogs: {
        Rejected: {
          trafficType: FlowLogTrafficType.REJECT,
          destination: FlowLogDestination.toCloudWatchLogs(this.flowLog(settings)),
        },
      },
    }) as IVpc;
    const group = new SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'Functions: HTTPS out, nothing in',
      allowAllOutbound: false,
    });
    group.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'AWS and WeChat Pay');
    this.placement = {
      vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
      securityGroups: [group],
    };
  }

  private address(index: number): string {
    const address = new CfnEIP(this, `Address${index + 1}`, { domain: 'vpc' });
    // On the lists of others: whoever removes the stack by mistake should not have to have it changed there.
    address.applyRemovalPolicy(RemovalPolicy.RETAIN);
    new CfnOutput(this, `OutgoingAddress${index + 1}`, { value: address.ref }).overrideLogicalId(
      `OutgoingAddress${index + 1}`,
    );
    return address.attrAllocationId;
  }

  private flowLog(settings: Settings): LogGroup {
    return new LogGroup(this, 'FlowLog', {
      retention: settings.log_retention_days,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}

/**
 * What Lambda needs to put a function into a network, in the function's role. All of it is on `*`: interfaces are made
 * by Lambda, and bear ids that nobody knows beforehand.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
 */
export function grantInterfaces(role: IRole): void {
  role.addToPrincipalPolicy(
    new PolicyStatement({
      actions: [
        'ec2:CreateNetworkInterface',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSubnets',
        'ec2:DeleteNetworkInterface',
        'ec2:AssignPrivateIpAddresses',
        'ec2:UnassignPrivateIpAddresses',
      ],
      resources: ['*'],
    }),
  );
  answerForWildcards(role, ['*'], 'Lambda makes network interfaces, whose ids nobody knows beforehand.');
}
