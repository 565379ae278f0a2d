"""Faults in what a driver declares of its device: most are its vendor's to mend."""

DEVICES = (
    ("declares neither streams nor outputs", "没有声明任何数据流或输出"),
    ("{name} is declared {n} times", "{name} 声明了 {n} 次"),
    ("{name} is not a snake_case name", "{name} 不是由小写字母、数字和下划线组成的名称"),
    (
        "output {name} is said to be told by {stream}, which is no stream of its angle",
        "声明输出 {name} 的位置由 {stream} 告知，但那不是它的角度数据流",
    ),
    (
        "{word} is one {kind}; write a tuple: {same} = (...,)",
        "{word} 只写了一个 {kind}；请写成元组：{same} = (...,)",
    ),
    ("{word} is {given}, not a tuple of {kind}", "{word} 写成了 {given}，应是 {kind} 的元组"),
    ("{word} holds {given}, which is no {kind}", "{word} 里的 {given} 不是 {kind}"),
    (
        "output {name} is in {unit}; an output goes with {units}",
        "输出 {name} 的单位是 {unit}；输出可用 {units}",
    ),
    (
        "output {name} has {limit} {value}, which is not a number",
        "输出 {name} 的 {limit} 是 {value}，不是数字",
    ),
    ("output {name} has no range: {low} to {high}", "输出 {name} 没有范围：{low} 到 {high}"),
    (
        "output {name} rests at {rest}, outside {low} to {high}",
        "输出 {name} 静止时在 {rest}，不在 {low} 到 {high} 之内",
    ),
    ("output {name} may not move at {slew} per second", "输出 {name} 不能以每秒 {slew} 变化"),
    (
        "output {name} moves a person at {slew} degrees a second; {most} are the most",
        "输出 {name} 以每秒 {slew} 度移动人；最多 {most} 度",
    ),
    (
        "output {name} goes from {low} to {high} degrees; {farther}",
        "输出 {name} 从 {low} 到 {high} 度；{farther}",
    ),
    (
        "output {name} warms to {value} degC; nothing may be as hot as {most}",
        "输出 {name} 加热到 {value} 度；不得达到 {most} 度",
    ),
    (
        "output {name} warms to {value} degC at rest; rest means off: {off}",
        "输出 {name} 静止时仍加热到 {value} 度；静止即关闭：{off}",
    ),
    (
        "output {name} moves a person at rest ({value}); a key is let go then: {off}",
        "输出 {name} 静止时仍移动人（{value}）；这时按键应已松开：{off}",
    ),
    (
        "stream {name} needs axes, a tuple with a name of its own for each",
        "数据流 {name} 需要 axes：每个轴一个名称的元组",
    ),
    (
        "stream {name} is Kind.{kind} with {n} axes; it has one: make several streams of it",
        "数据流 {name} 是 Kind.{kind}，却有 {n} 个轴；它只有一个轴：请分成几个数据流",
    ),
    (
        "stream {name} measures {kind}, which is no Kind; there are: {kinds}",
        "数据流 {name} 测量 {kind}，不是 Kind；可用的有 {kinds}",
    ),
    (
        "stream {name} is Kind.DERIVED, which never comes from a device",
        "数据流 {name} 是 Kind.DERIVED，它不会来自设备",
    ),
    (
        "stream {name} is in {unit}, which is no Unit; Kind.{kind} goes with {units}",
        "数据流 {name} 的单位 {unit} 不是 Unit；Kind.{kind} 可用 {units}",
    ),
    (
        "stream {name} is Kind.{kind} in Unit.{unit} ({said}); Kind.{same} goes with {units}",
        "数据流 {name} 是 Kind.{kind}，单位却是 Unit.{unit}（{said}）；Kind.{same} 可用 {units}",
    ),
    (
        "stream {name} has rate {rate}, not a number of samples a second",
        "数据流 {name} 的 rate 是 {rate}，不是每秒的采样数",
    ),
    (
        "stream {name} comes once a beat, so it has no rate: rate=None",
        "数据流 {name} 每次心跳一个值，没有采样率：rate=None",
    ),
    (
        "stream {name} has rate {rate}, outside {low} to {high} samples a second; {irregular}",
        "数据流 {name} 每秒 {rate} 个采样，不在 {low} 到 {high} 之内；{irregular}",
    ),
    (
        "stream {name} has latency {latency}, not a number of seconds",
        "数据流 {name} 的 latency 是 {latency}，不是秒数",
    ),
    (
        "stream {name} has latency {latency} s, outside 0 to {most}; {in_seconds}",
        "数据流 {name} 的 latency 是 {latency} 秒，不在 0 到 {most} 之内；{in_seconds}",
    ),
)
