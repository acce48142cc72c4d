package awsapi

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"eksnet/acceptance/account"
	"eksnet/acceptance/check"
)

// Bucket implements check.Prober. Of a bucket in another region it returns the region alone.
func (a *Account) Bucket(ctx context.Context, name string) (check.Bucket, error) {
	client := s3.NewFromConfig(a.config)
	head, err := client.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &name})
	if region := regionOf(err); region != "" && region != a.config.Region {
		return check.Bucket{Region: region}, nil
	}
	if err != nil {
		return check.Bucket{}, explain("s3:ListBucket", err)
	}
	found := check.Bucket{Region: cmp.Or(aws.ToString(head.BucketRegion), a.config.Region), Encryption: "AES256"}
	policy, err := client.GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: &name})
	if failed := explain("s3:GetBucketPolicy", err); failed != nil && account.CauseOf(failed) != account.Gone {
		return found, failed
	}
	if policy != nil {
		found.Writers = writersOf(aws.ToString(policy.Policy))
	}
	encryption, err := client.GetBucketEncryption(ctx, &s3.GetBucketEncryptionInput{Bucket: &name})
	if failed := explain("s3:GetEncryptionConfiguration", err); failed != nil && account.CauseOf(failed) != account.Gone {
		return found, failed
	}
	if encryption != nil && encryption.ServerSideEncryptionConfiguration != nil {
		for _, rule := range encryption.ServerSideEncryptionConfiguration.Rules {
			if rule.ApplyServerSideEncryptionByDefault != nil {
				found.Encryption = string(rule.ApplyServerSideEncryptionByDefault.SSEAlgorithm)
			}
		}
	}
	return found, nil
}

// regionOf returns the region of a bucket that S3 names in the error of a call to another region, "" for none.
func regionOf(err error) string {
	var answer *http.ResponseError
	if !errors.As(err, &answer) || answer.Response == nil {
		return ""
	}
	return answer.Response.Header.Get("X-Amz-Bucket-Region")
}

// writersOf returns the services and accounts that a bucket's policy allows to write objects. Conditions and prefixes
// are not read.
func writersOf(policy string) (writers []string) {
	var document struct {
		Statement texts[struct {
			Effect    string
			Principal json.RawMessage
			Action    texts[string]
		}]
	}
	if json.Unmarshal([]byte(policy), &document) != nil {
		return nil
	}
	for _, statement := range document.Statement {
		writes := slices.ContainsFunc(statement.Action, func(action string) bool {
			prefix, wild := strings.CutSuffix(strings.ToLower(action), "*")
			return action == "s3:PutObject" || wild && strings.HasPrefix("s3:putobject", prefix)
		})
		if statement.Effect == "Allow" && writes {
			writers = append(writers, principalsOf(statement.Principal)...)
		}
	}
	slices.Sort(writers)
	return slices.Compact(writers)
}

// principalsOf returns the services and the accounts of a principal. An account is named by its ID or by the ARN of its
// root.
func principalsOf(principal json.RawMessage) (all []string) {
	var everyone string
	if json.Unmarshal(principal, &everyone) == nil {
		return []string{everyone}
	}
	var named map[string]texts[string]
	if json.Unmarshal(principal, &named) != nil {
		return nil
	}
	for _, name := range append(named["AWS"], named["Service"]...) {
		if parts := strings.Split(name, ":"); len(parts) == 6 && parts[5] == "root" {
			name = parts[4]
		}
		all = append(all, name)
	}
	return all
}

// texts is a list that a policy may also write as its only element.
type texts[T any] []T

// UnmarshalJSON implements json.Unmarshaler.
func (t *texts[T]) UnmarshalJSON(data []byte) error {
	var one T
	if json.Unmarshal(data, &one) == nil {
		*t = []T{one}
		return nil
	}
	return json.Unmarshal(data, (*[]T)(t))
}
