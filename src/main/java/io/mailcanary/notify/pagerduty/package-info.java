/// PagerDuty's Events API v2.
@NullMarked
package io.mailcanary.notify.pagerduty;

import org.jspecify.annotations.NullMarked;
