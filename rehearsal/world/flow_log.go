package world

import "time"

const flowLogType = "aws:ec2/flowLog:FlowLog"

const createFlowLogOp = "creating Flow Log (%s): operation error EC2: CreateFlowLogs, api error "

var (
	flowLogSource = rule("a flow log's VPC or subnet exists",
		createFlowLogOp+"InvalidVpcId.NotFound: Vpc Id does not exist",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFlowLogs.html")
	flowLogTarget = rule("a flow log to CloudWatch names a log group and a role that trusts it",
		createFlowLogOp+"InvalidParameterValue: DeliverLogsPermissionArn %s does not exist, is not trusted by vpc-flow-logs.amazonaws.com, or the log group %s is missing",
		"https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html")
	flowLogOnce = rule("a source has one flow log to a destination",
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
	trusted := c.trustsService(role, "vpc-flow-logs") && c.allowed(role, "logs:PutLogEvents", "*", nil)
	same := c.all(flowLogType, where("vpcId", vpc), where("subnetId", subnet), where("logDestination", destination))
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

func (w *World) showFlowLog(o *Object) {
	o.show(Properties{"arn": w.arn("ec2", "vpc-flow-log/"+o.ID), "logDestination": o.text("logDestination"),
		"logFormat":    orText(o.Inputs["logFormat"], "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}"),
		"logGroupName": o.text("logGroupName")})
}
