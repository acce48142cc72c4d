package world

import (
	"fmt"
	"regexp"
	"slices"
	"time"
)

const logGroupType = "aws:cloudwatch/logGroup:LogGroup"

var (
	logGroupUnique = rule("a log group's name is unique",
		"creating CloudWatch Logs Log Group (%s): operation error CloudWatch Logs: CreateLogGroup, ResourceAlreadyExistsException: The specified log group already exists",
		"https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html")
	logGroupName = rule("a log group's name has at most 512 allowed characters",
		"creating CloudWatch Logs Log Group (%[1]s): operation error CloudWatch Logs: CreateLogGroup, InvalidParameterException: Value '%[1]s' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+",
		"https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html")
	logRetention = rule("a log group's retention is a number of days that AWS offers",
		"expected retention_in_days to be one of %v, got %d",
		"https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html")
	logKey = rule("a log group's key exists",
		"creating CloudWatch Logs Log Group (%s): operation error CloudWatch Logs: CreateLogGroup, InvalidParameterException: The specified KMS Key Id could not be found: %s",
		"https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/logs/encrypt-log-data-kms.html")
)

var retentions = []int{0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}

var logGroupForm = regexp.MustCompile(`^[.\-_/#A-Za-z0-9]{1,512}$`)

func logKinds() []*kind {
	return []*kind{{
		typ: logGroupType, name: "name", tagged: true, defaults: Properties{"retentionInDays": 0.0, "skipDestroy": false},
		forceNew: []string{"logGroupClass", "name", "namePrefix"},
		check: func(in Properties) []Failure {
			days, known := in["retentionInDays"].(float64)
			return logRetention.failure(known && !slices.Contains(retentions, int(days)), "retentionInDays", retentions, int(days))
		},
		create:   createLogGroup,
		update:   func(c *call, o, _ *Object) error { return c.showLogGroup(o) },
		keeps:    func(o *Object) bool { return o.flag("skipDestroy") },
		creation: time.Second, deletion: time.Second,
	}}
}

func createLogGroup(c *call, o *Object) error {
	name := o.text("name")
	err := first(
		logGroupName.when(!logGroupForm.MatchString(name), name),
		logGroupUnique.when(c.get(logGroupType, name) != nil, name))
	if err != nil {
		return err
	}
	o.ID = name
	return c.showLogGroup(o)
}

func (w *World) showLogGroup(o *Object) error {
	key, _ := o.Inputs["kmsKeyId"].(string)
	if err := logKey.when(key != "" && w.keyOf(key) == nil, o.ID, key); err != nil {
		return err
	}
	o.show(Properties{"arn": w.arn("logs", "log-group:"+o.ID), "logGroupClass": orText(o.Inputs["logGroupClass"], "STANDARD"), "namePrefix": "", "name": o.ID})
	return nil
}

// controlPlaneLogs returns the name of the log group that EKS writes a cluster's logs to.
func controlPlaneLogs(cluster string) string { return fmt.Sprintf("/aws/eks/%s/cluster", cluster) }

// watchControlPlaneLogs adds a cluster, and that of a log group.
func watchControlPlaneLogs(w *World, changed *Object, add func(key)) bool {
	switch changed.Type {
	case clusterType:
		add(changed.key())
	case logGroupType:
		return false
	}
	return true
}

// writeControlPlaneLogs does what EKS does while a cluster with logs exists: it creates a missing log group, without
// retention, and never deletes it (https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html).
func writeControlPlaneLogs(w *World, item key) (bool, error) {
	cluster := w.get(clusterType, item.id)
	if cluster == nil {
		return false, nil
	}
	name := controlPlaneLogs(cluster.ID)
	if len(cluster.texts("enabledClusterLogTypes")) == 0 || w.get(logGroupType, name) != nil {
		return false, nil
	}
	w.makeLogGroup(name)
	return true, nil
}

// makeLogGroup creates a log group as EKS does.
func (w *World) makeLogGroup(name string) {
	o := &Object{Type: logGroupType, ID: name, Owner: "eks"}
	o.show(Properties{"name": name, "arn": w.arn("logs", "log-group:"+name), "retentionInDays": 0, "namePrefix": "", "logGroupClass": "STANDARD"})
	w.put(o)
}
