package world

import "time"

const flowLogType = "aws:ec2/flowLog:FlowLog"

const createFlowLogOp = "creating Flow Log (%s): operation error EC2: CreateFlowLogs, api error "

var (
	flowLogSource = rule("a flow log's VPC or subnet exists",
		createFlowLogOp+"InvalidVpcId.NotFound: Vpc Id does not exist",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFlowLogs.html")
	flowLogTarget = rule("a flow log to CloudWatch has a log group and a role that trusts the service",
		createFlowLogOp+"InvalidParameterValue: DeliverLogsPermissionArn %s does not exist, is not trusted by vpc-flow-logs.amazonaws.com, or may not write to the log group %s",
		"https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html")
	flowLogOnce = rule("a source has at most one flow log to a destination",
		createFlowLogOp+"FlowLogAlreadyExists: There is an existing Flow Log with the same configuration and log destination.",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFlowLogs.html")
)

func flowLogKinds() []*kind {
	return []*kind{{
		typ: flowLogType, tagged: true, defaults: Properties{"logDestinationType": "cloud-watch-logs", "maxAggregationInterval": 600.0},
		forceNew: []string{"deliverCrossAccountRole", "destinationOptions", "eniId", "iamRoleArn", "logDestination", "logDestinationType", "logFormat",
			"logGroupName", "maxAggregationInterval", "subnetId", "trafficType", "transitGatewayAttachmentId", "transitGatewayId", "vpcId"},
		create:   createFlowLog,
		update:   func(c *call, o, _ *Object) error { c.showFlowLog(o); return nil },
		creation: 3 * time.Second, deletion: 2 * time.Second,
	}}
}

func createFlowLog(c *call, o *Object) error {
	vpc, subnet, destination := o.text("vpcId"), o.text("subnetId"), o.text("logDestination")
	source := vpc + subnet
	exists := c.get(vpcType, vpc) != nil || c.get(subnetType, subnet) != nil
	toLogs := o.text("logDestinationType") == "cloud-watch-logs"
	role := c.roleOf(o.text("iamRoleArn"))
	trusted := c.trustsFlowLogs(role) && c.writesFlowLogs(role, destination)
	same := c.with(flowLogType, "vpcId", vpc, where("subnetId", subnet), where("logDestination", destination))
	if err := first(
		flowLogSource.when(!exists, source),
		flowLogTarget.when(toLogs && (!trusted || destination == ""), source, o.text("iamRoleArn"), destination),
		flowLogOnce.when(len(same) > 0, source)); err != nil {
		return err
	}
	o.ID = c.newID("fl-")
	c.showFlowLog(o)
	return nil
}

// trustsFlowLogs reports whether the service can assume a role, for flow logs of this account and region.
func (w *World) trustsFlowLogs(role *Object) bool {
	service := []string{"vpc-flow-logs.amazonaws.com", "vpc-flow-logs." + w.partition().dnsSuffix}
	return w.trust(role, "sts:AssumeRole", "Service", service, facts{"aws:SourceAccount": {w.options.Account}, "aws:SourceArn": {w.arn("ec2", "vpc-flow-log/fl-0")}})
}

// writesFlowLogs reports whether a role allows what the service does in a log group
// (https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html), or allows to create a missing log group.
func (w *World) writesFlowLogs(role *Object, group string) bool {
	stream := group + ":log-stream:eni-0-all"
	made := len(w.with(logGroupType, "arn", group)) > 0 || w.allowed(role, "logs:CreateLogGroup", group, nil)
	return made && w.allowed(role, "logs:CreateLogStream", stream, nil) && w.allowed(role, "logs:PutLogEvents", stream, nil) &&
		w.allowed(role, "logs:DescribeLogStreams", group, nil)
}

func (w *World) showFlowLog(o *Object) {
	o.show(Properties{"arn": w.arn("ec2", "vpc-flow-log/"+o.ID), "logDestination": o.text("logDestination"),
		"logFormat":    orText(o.Inputs["logFormat"], "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}"),
		"logGroupName": o.text("logGroupName")})
}
