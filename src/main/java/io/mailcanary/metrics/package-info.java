/// Prometheus metrics, read from the board at scrape time.
@NullMarked
package io.mailcanary.metrics;

import org.jspecify.annotations.NullMarked;
