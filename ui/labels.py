"""Every word that the pages show."""

TITLE = "话术 · 客服回复助手"
# A file name or an emoji would do as well, but the browser fetches emoji and Material icons from elsewhere.
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#2f7d6b"/>'
    '<path d="M8 9h16v11H15l-4 4v-4H8z" fill="#fff"/></svg>'
)
LOADING = "正在读取规范、建立索引，首次启动要等半分钟到两分钟…"
LOAD_FAILED = "规范或索引没有读成，先按下面的提示处理，再刷新本页。"
FAILED = "这一条没有处理成功："

REPLY_PAGE, CHECK_PAGE = "生成回复", "检查改写"
REPLY_TITLE, REPLY_HINT = "客户来言，一步成稿", "每一句都有出处，没通过检查的文字不会出现在可复制的框里。"
CHECK_TITLE, CHECK_HINT = "坐席原话，逐条检查", "能直接改的替您改好，不能替您拿主意的逐条指出。"

MESSAGE, MESSAGE_HINT = "客户来言", "把客户说的话粘贴到这里，按 Ctrl + Enter 直接生成"
CONTEXT, CONTEXT_HINT = "前文（可不填）", "客户：我上周下的单\n客服：您好，请您提供一下订单号"
MORE = "前文与场景"
CONTEXT_HELP = "一行一句，早的在前，以“客户：”或“客服：”开头。"
SCENARIO, AUTO = "场景", "自动判断"
SCENARIO_HELP = "可以输入文字查找场景。"
ASK, CLEAR = "生成回复", "清空"
EMPTY_MESSAGE = "请先粘贴客户的话。"
WAITING_REPLY = "粘贴客户来言并点“生成回复”，结果显示在这里。"
WORKING = "正在起草并检查…"

EMOTION = "情绪"
EMOTIONS = {"calm": "平静", "anxious": "着急", "upset": "不满", "abusive": "辱骂"}
SURE, CHOSEN = "把握", "已指定"
OTHERS = "不对？换一个场景重新回答："
BACK_TO_AUTO = "改回自动判断"
ESCALATE = "**建议转交上级或专人**：{title}"
NO_REPLY = "没有可以直接用的回复，请转交同事处理。"

ORIGINS = {"model": "模型起草", "composed": "标准话术组合", "phrase": "标准话术"}
TONES = {"warm": "语气亲切", "professional": "语气专业", "concise": "语气简洁"}
VERIFIED, READY, BLANKS = "已通过检查", "可直接发送", "有空待填"
COPY, COPY_WITH_BLANKS = "复制回复", "先复制，空位到对话框里再填"
SENTENCES = "逐句出处"
KINDS = {"standard": "标准", "adapted": "改编", "free": "自由"}
KIND_HELP = {"standard": "照用标准话术", "adapted": "由标准话术或条款改写", "free": "没有对应的话术或条款，请自己看一遍"}
PHRASE, CLAUSE, NO_SOURCE = "话术", "条款", "没有对应的话术或条款"
SOURCES = "条款原文"
ELEMENTS = "必备要素"
PRESENT, MISSING = "必备要素：已有", "必备要素：缺少"
LACKING = "缺少"  # how the title of a finding about a missing element begins
BLANK = r"【[^】]{1,12}】"
QUOTED, JOIN = "“{text}”", "、"

SLOTS, SLOTS_HINT = "还有空要填", "填好后整条回复会重新检查。"
SLOTS_DONE = "已填内容，可修改"
FILL = "填入并重新检查"
NOT_FILLED = "所填内容没有用进回复：它没有通过检查，或这条回复用不到它。"
NOTES = "提示"
UNSURE = "场景不够确定，先向客户确认；也可以在上面换一个场景。"
REJECTED = "没有采用的草稿（{count}）"
TIMING = "用时 {total} 毫秒：理解 {understand}，检索 {retrieve}，起草 {model}，检查 {check}"

ROUGH, ROUGH_HINT = "坐席原话", "把准备发给客户的话写在这里，按 Ctrl + Enter 直接检查"
CUSTOMER_OPTIONAL, CUSTOMER_HINT = "客户来言（可不填）", "填上客户的话，检查会更准：该致歉的、该给时限的都会查到"
CHECK = "检查并改写"
EMPTY_ROUGH = "请先写下要检查的话。"
WAITING_CHECK = "写下坐席原话并点“检查并改写”，结果显示在这里。"
CHECKING = "正在检查…"
PASS_CLEAN = "通过检查，无需修改。"
PASS_MENDED = "改写后通过检查，可以发送。"
PASS_ADVICE = "通过检查，另有 {count} 处建议改。"
FACTS = "原话里的事实要和改写一致，请核对：{facts}"
FAIL = "还有 {count} 处必须改，改好才能复制。"
RESULT, RESULT_SAME = "改写后", "原话"
BY_HAND = "还要您来改"
ADVICE = "建议再改"
CHANGES = "改了什么（{count}），不要的去掉勾选"
FOUND = "原话检出（{count}）"
NOTHING_FOUND = "原话没有检出问题。"
OPS = {"replace": "替换", "insert": "补充", "delete": "删去", "move": "移动"}
SEVERITIES = {"error": "必须改", "warning": "建议改", "info": "供参考"}
SUGGESTED, ADOPT = "可改为", "采用"
GAP = "此处缺：{name}"
