package logs

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"time"

	"eksnet/rehearsal/world/iam"
	"eksnet/rehearsal/world/kms"
	"eksnet/rehearsal/world/store"
)

var (
	LogGroupUnique = store.NewRule("a log group's name is unique",
		"creating CloudWatch Logs Log Group (%s): operation error CloudWatch Logs: CreateLogGroup, ResourceAlreadyExistsException: The specified log group already exists",
		"https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html")
	LogGroupName = store.NewRule("a log group's name has at most 512 allowed characters",
		"creating CloudWatch Logs Log Group (%[1]s): operation error CloudWatch Logs: CreateLogGroup, InvalidParameterException: Value '%[1]s' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+",
		"https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html")
	LogRetention = store.NewRule("a log group's retention is a number of days that AWS offers",
		"expected retention_in_days to be one of %v, got %d",
		"https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html")
	LogKey = store.NewRule("a log group's key exists",
		"creating CloudWatch Logs Log Group (%s): operation error CloudWatch Logs: CreateLogGroup, InvalidParameterException: The specified KMS Key Id could not be found: %s",
		"https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/logs/encrypt-log-data-kms.html")
)

// LogKeyAllowed has AWS's words for CreateLogGroup and AssociateKmsKey, which do not distinguish a key that does not
// exist from one whose policy does not allow the group.
var LogKeyAllowed = store.NewRule("the policy of a log group's key allows CloudWatch Logs to use it for the group",
	"creating CloudWatch Logs Log Group (%s): operation error CloudWatch Logs: CreateLogGroup, api error AccessDeniedException: The specified KMS key does not exist or is not allowed to be used with Arn '%s'",
	"https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html")

var retentions = []int{0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}

var logGroupForm = regexp.MustCompile(`^[.\-_/#A-Za-z0-9]{1,512}$`)

// LogGroup is a log group of CloudWatch.
type LogGroup struct {
	Name        string `json:"name"`
	ARN         string `json:"arn"`
	Class       string `json:"logGroupClass"`
	Retention   int    `json:"retentionInDays"` // 0 for ever
	Key         string `json:"kmsKeyId"`
	SkipDestroy bool   `json:"skipDestroy"`
}

// LogGroupOf returns the properties of a log group.
func LogGroupOf(o *store.Object) *LogGroup { return store.Decode[LogGroup](o) }

func logGroupKind() *store.Kind {
	return &store.Kind{
		Typ: store.LogGroupType, Name: "name", Tagged: true, Defaults: store.Properties{"retentionInDays": 0.0, "skipDestroy": false},
		ForceNew: []string{"logGroupClass", "name", "namePrefix"},
		Check: func(in store.Properties) []store.Failure {
			days, known := in["retentionInDays"].(float64)
			return LogRetention.Failure(known && !slices.Contains(retentions, int(days)), "retentionInDays", retentions, int(days))
		},
		Create:   createLogGroup,
		Update:   func(c *store.Call, o, _ *store.Object) error { return showLogGroup(c.Account, o) },
		Keeps:    func(o *store.Object) bool { return LogGroupOf(o).SkipDestroy },
		Creation: time.Second, Deletion: time.Second,
	}
}

func createLogGroup(c *store.Call, o *store.Object) error {
	name := LogGroupOf(o).Name
	err := store.First(
		LogGroupName.When(!logGroupForm.MatchString(name), name),
		LogGroupUnique.When(c.Get(store.LogGroupType, name) != nil, name))
	if err != nil {
		return err
	}
	o.ID = name
	return showLogGroup(c.Account, o)
}

func showLogGroup(w *store.Account, o *store.Object) error {
	in, _ := store.As[LogGroup](o.Inputs)
	key := in.Key
	arn := w.ARN("logs", "log-group:"+o.ID)
	if err := store.First(
		LogKey.When(key != "" && kms.FindKey(w, key) == nil, o.ID, key),
		LogKeyAllowed.When(key != "" && !keyAllows(w, kms.FindKey(w, key), arn), o.ID, arn)); err != nil {
		return err
	}
	o.Show(store.Properties{"arn": arn, "logGroupClass": cmp.Or(in.Class, "STANDARD"), "namePrefix": "", "name": o.ID})
	return nil
}

// keyAllows reports whether the policy of a key allows CloudWatch Logs to encrypt and read the events of a group.
func keyAllows(w *store.Account, key *store.Object, group string) bool {
	if key == nil {
		return false
	}
	service := []string{"logs." + w.Region + "." + w.Partition().DNSSuffix}
	context := iam.Facts{"kms:EncryptionContext:aws:logs:arn": {group}}
	for _, action := range []string{"kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"} {
		if !iam.AllowsPrincipal(w, kms.KeyOf(key).Policy, action, "Service", service, context) {
			return false
		}
	}
	return true
}

// ControlPlaneLogs returns the name of the log group that EKS writes a cluster's logs to.
func ControlPlaneLogs(cluster string) string { return fmt.Sprintf("/aws/eks/%s/cluster", cluster) }

// MakeLogGroup creates a log group as EKS does.
func MakeLogGroup(w *store.Account, name string) {
	o := &store.Object{Type: store.LogGroupType, ID: name, Owner: "eks"}
	o.Show(store.Properties{"name": name, "arn": w.ARN("logs", "log-group:"+name), "retentionInDays": 0, "namePrefix": "", "logGroupClass": "STANDARD"})
	w.Put(o)
}
