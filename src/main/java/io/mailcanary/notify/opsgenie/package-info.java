/// Opsgenie's Alert API, which works until April 2027: as little as will do.
@NullMarked
package io.mailcanary.notify.opsgenie;

import org.jspecify.annotations.NullMarked;
