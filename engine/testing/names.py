"""What each check of the kit is called, in both languages."""

REGISTERED = "registered as a plugin"
NAMED = "named in both languages"
BYTES = "messages are bytes"
MESSAGES = "recorded messages"
ROUNDS = "said again and again"
CUT = "cut and joined in every way"
LEVELS = "a message for every level"
STILL = "nothing moves unasked"
MEANING = "the recorded wire means what it meant"
NOISE = "noise"
SHORT = "cut short"
SILENCE = "silence, and times"
PULLED = "pulled cable"
PLACES = "places are told"
MOTION = "range, slew, rest, time to live"
STOP = "stop, and emergency stop"
RATE = "declared rate against a recording"
SOAK = "ten thousand messages, no more memory"
PROCESSES = "killed with SIGKILL, ended, nothing left behind"
WIRE = "half an hour of the wire, rate and latency measured"
OPENED = "opened and read"
DECLARED = "declaration and options"
TALKS = "opened and read: times, rates, age"
QUIET = "silence, and sending again"
LEAKS = "no threads or files left behind"
REAL = "half an hour of the real device"

ZH = {
    REGISTERED: "已登记为插件",
    NAMED: "有中英文名称",
    BYTES: "发出的消息都是字节",
    MESSAGES: "录下的消息含义正确",
    ROUNDS: "消息可反复播放",
    CUT: "任意切分与拼接",
    LEVELS: "每个输出值都有自己的消息",
    STILL: "没有要求就不动",
    MEANING: "录下的线路数据含义不变",
    NOISE: "噪声",
    SHORT: "消息被截断",
    SILENCE: "静默与时间戳",
    PULLED: "拔掉连线",
    PLACES: "报告所在位置",
    MOTION: "范围、变化速度、静息值、有效时间",
    STOP: "停止与紧急停止",
    RATE: "声明的采样率与录制相符",
    SOAK: "一万条消息，内存不增",
    PROCESSES: "进程被强行终止后不留痕迹",
    WIRE: "半小时线路录制，实测采样率与延迟",
    OPENED: "打开并读取",
    DECLARED: "声明与选项",
    TALKS: "打开并读取：时间、采样率、数据新旧",
    QUIET: "静默与恢复发送",
    LEAKS: "不遗留线程与文件",
    REAL: "真实设备运行半小时",
}
