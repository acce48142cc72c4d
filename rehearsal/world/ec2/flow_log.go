package ec2

import (
	"time"

	"eksnet/rehearsal/world/iam"
	"eksnet/rehearsal/world/store"
)

const createFlowLogOp = "creating Flow Log (%s): operation error EC2: CreateFlowLogs, api error "

var (
	FlowLogSource = store.NewRule("a flow log's VPC or subnet exists",
		createFlowLogOp+"InvalidVpcId.NotFound: Vpc Id does not exist",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFlowLogs.html")
	FlowLogTarget = store.NewRule("a flow log to CloudWatch has a log group and a role that trusts the service",
		createFlowLogOp+"InvalidParameterValue: DeliverLogsPermissionArn %s does not exist, is not trusted by vpc-flow-logs.amazonaws.com, or may not write to the log group %s",
		"https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html")
	FlowLogOnce = store.NewRule("a source has at most one flow log to a destination",
		createFlowLogOp+"FlowLogAlreadyExists: There is an existing Flow Log with the same configuration and log destination.",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFlowLogs.html")
)

// FlowLog is a flow log of a VPC or a subnet.
type FlowLog struct {
	VPC             string `json:"vpcId"`
	Subnet          string `json:"subnetId"`
	Destination     string `json:"logDestination"`
	DestinationType string `json:"logDestinationType"`
	LogGroup        string `json:"logGroupName"`
	Format          string `json:"logFormat"`
	Role            string `json:"iamRoleArn"`
}

// FlowLogOf returns the properties of a flow log.
func FlowLogOf(o *store.Object) *FlowLog { return store.Decode[FlowLog](o) }

func flowLogKinds() []*store.Kind {
	return []*store.Kind{{
		Typ: store.FlowLogType, Tagged: true, Defaults: store.Properties{"logDestinationType": "cloud-watch-logs", "maxAggregationInterval": 600.0},
		ForceNew: []string{"deliverCrossAccountRole", "destinationOptions", "eniId", "iamRoleArn", "logDestination", "logDestinationType", "logFormat",
			"logGroupName", "maxAggregationInterval", "subnetId", "trafficType", "transitGatewayAttachmentId", "transitGatewayId", "vpcId"},
		Create:   createFlowLog,
		Update:   func(c *store.Call, o, _ *store.Object) error { showFlowLog(c.Account, o); return nil },
		Creation: 3 * time.Second, Deletion: 2 * time.Second,
	}}
}

func createFlowLog(c *store.Call, o *store.Object) error {
	f := FlowLogOf(o)
	source := f.VPC + f.Subnet
	exists := c.Get(store.VPCType, f.VPC) != nil || c.Get(store.SubnetType, f.Subnet) != nil
	toLogs := f.DestinationType == "cloud-watch-logs"
	role := iam.FindRole(c.Account, f.Role)
	trusted := trustsFlowLogs(c.Account, role) && writesFlowLogs(c.Account, role, f.Destination)
	same := c.With(store.FlowLogType, "vpcId", f.VPC, func(other *store.Object) bool {
		l := FlowLogOf(other)
		return l.Subnet == f.Subnet && l.Destination == f.Destination
	})
	if err := store.First(
		FlowLogSource.When(!exists, source),
		FlowLogTarget.When(toLogs && (!trusted || f.Destination == ""), source, f.Role, f.Destination),
		FlowLogOnce.When(len(same) > 0, source)); err != nil {
		return err
	}
	o.ID = c.NewID("fl-")
	showFlowLog(c.Account, o)
	return nil
}

// trustsFlowLogs reports whether the service can assume a role, for flow logs of this account and region.
func trustsFlowLogs(w *store.Account, role *store.Object) bool {
	service := []string{"vpc-flow-logs.amazonaws.com", "vpc-flow-logs." + w.Partition().DNSSuffix}
	return iam.TrustsPrincipal(w, role, "sts:AssumeRole", "Service", service, iam.Facts{"aws:SourceAccount": {w.Options.Account}, "aws:SourceArn": {w.ARN("ec2", "vpc-flow-log/fl-0")}})
}

// writesFlowLogs reports whether a role allows what the service does in a log group
// (https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html), or allows to create a missing log group.
func writesFlowLogs(w *store.Account, role *store.Object, group string) bool {
	stream := group + ":log-stream:eni-0-all"
	made := len(w.With(store.LogGroupType, "arn", group)) > 0 || iam.IsAllowed(w, role, "logs:CreateLogGroup", group, nil)
	return made && iam.IsAllowed(w, role, "logs:CreateLogStream", stream, nil) && iam.IsAllowed(w, role, "logs:PutLogEvents", stream, nil) &&
		iam.IsAllowed(w, role, "logs:DescribeLogStreams", group, nil)
}

func showFlowLog(w *store.Account, o *store.Object) {
	f := FlowLogOf(o)
	o.Show(store.Properties{"arn": w.ARN("ec2", "vpc-flow-log/"+o.ID), "logDestination": f.Destination,
		"logFormat":    store.OrText(o.Inputs["logFormat"], "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}"),
		"logGroupName": f.LogGroup})
}
