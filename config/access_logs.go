package config

import (
	"maps"
	"regexp"
	"strconv"
	"strings"

	"eksnet/internal/awsdata"
)

// AccessLogs are the access logs of a load balancer.
type AccessLogs struct {
	// Enabled writes logs. Default true.
	Enabled bool `json:"enabled"`
	// Bucket is the name of an S3 bucket of yours in the region of the stack, whose policy allows Elastic Load Balancing
	// to write into it. Required, unless enabled is false.
	Bucket string `json:"bucket"`
	// Prefix is the beginning of the keys of the logs in the bucket, such as platform/shop. AWS adds
	// /AWSLogs/ACCOUNT/elasticloadbalancing/. Default: none.
	Prefix string `json:"prefix"`
}

func (l *AccessLogs) setDefaults() {
	*l = AccessLogs{Enabled: true}
}

var (
	// bucketName follows docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html.
	bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	// logPrefix consists of the characters that are safe in keys of S3 (docs.aws.amazon.com/AmazonS3/latest/userguide/
	// object-keys.html), without those that separate attributes in an annotation. It neither begins nor ends with /.
	logPrefix = regexp.MustCompile(`^[A-Za-z0-9!_.*'()-]+(/[A-Za-z0-9!_.*'()-]+)*$`)
)

// accessLogs checks where access logs are written.
func (v *validator) accessLogs(path string, logs *AccessLogs) {
	if logs == nil {
		return
	}
	switch {
	case logs.Bucket == "" && logs.Enabled:
		v.Add(path+".bucket", "missing; add the name of an S3 bucket in the region of the stack, or write enabled: false")
	case logs.Bucket != "" && !v.matches(path+".bucket", logs.Bucket, bucketName):
		v.Add(path+".bucket", "%q is not the name of an S3 bucket, which has 3 to 63 lowercase letters, digits, dots and hyphens", logs.Bucket)
	}
	switch {
	case logs.Prefix == "":
	case !v.matches(path+".prefix", logs.Prefix, logPrefix):
		v.Add(path+".prefix", "%q is not accepted; accepted: letters, digits and !_.*'()- with / between them, such as platform/shop", logs.Prefix)
	case strings.Contains(logs.Prefix, "AWSLogs"):
		v.Add(path+".prefix", "%q contains AWSLogs, which AWS adds after the prefix; remove it", logs.Prefix)
	}
}

// LoadBalancerAttributes returns the workload's load balancer attributes, with those that its access logs set. Without
// access logs it returns none of these: an attribute that is not requested keeps its last value.
func (w Workload) LoadBalancerAttributes() map[string]string {
	all := map[string]string{}
	maps.Copy(all, w.Attributes)
	if w.AccessLogs == nil {
		return all
	}
	all[awsdata.AccessLogsEnabled] = strconv.FormatBool(w.AccessLogs.Enabled)
	if w.AccessLogs.Bucket != "" {
		// An empty prefix is requested too: it replaces an earlier one.
		all[awsdata.AccessLogsBucket], all[awsdata.AccessLogsPrefix] = w.AccessLogs.Bucket, w.AccessLogs.Prefix
	}
	return all
}
