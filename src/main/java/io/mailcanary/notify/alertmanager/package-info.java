/// The v2 API of Prometheus' Alertmanager.
@NullMarked
package io.mailcanary.notify.alertmanager;

import org.jspecify.annotations.NullMarked;
